namespace LlamaBlazor.Domain.Common;

/// <summary>An outcome that may fail for an expected reason: a value, or a <see cref="Failure"/>. Exceptions are for bugs and broken
/// machines.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public readonly record struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Failure? failure) => (_value, Failure) = (value, failure);

    /// <summary>Why it failed, or null.</summary>
    public Failure? Failure { get; }

    /// <summary>True when there is a value.</summary>
    public bool IsSuccess => Failure is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public T Value => Failure is null ? _value! : throw new InvalidOperationException(Failure.Message);

    /// <summary>A success.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A failure.</summary>
    /// <param name="failure">The reason.</param>
    public static implicit operator Result<T>(Failure failure) => new(default, failure);

    /// <summary>One of two continuations.</summary>
    /// <param name="success">Takes the value.</param>
    /// <param name="failed">Takes the reason.</param>
    public TOut Match<TOut>(Func<T, TOut> success, Func<Failure, TOut> failed) => Failure is null ? success(_value!) : failed(Failure);
}

/// <summary>Kinds of expected failure; each maps to one HTTP status.</summary>
public enum FailureKind
{
    /// <summary>There is no such thing: 404.</summary>
    NotFound,

    /// <summary>The values do not pass validation: 422, with the errors by field.</summary>
    Invalid,

    /// <summary>Somebody else changed it meanwhile, or its state forbids it: 409.</summary>
    Conflict,

    /// <summary>Something it needs is missing or does not answer now: 503.</summary>
    Unavailable,
}

/// <summary>Why something failed, for people: the thing, the reason and the next step.</summary>
/// <param name="Kind">Kind of failure.</param>
/// <param name="Message">The words.</param>
/// <param name="Errors">Errors by field, for <see cref="FailureKind.Invalid"/>.</param>
public sealed record Failure(FailureKind Kind, string Message, IReadOnlyDictionary<string, string[]>? Errors = null)
{
    /// <summary>No such thing.</summary>
    /// <param name="message">The words.</param>
    public static Failure NotFound(string message) => new(FailureKind.NotFound, message);

    /// <summary>A state that forbids it.</summary>
    /// <param name="message">The words.</param>
    public static Failure Conflict(string message) => new(FailureKind.Conflict, message);

    /// <summary>Something that is missing now.</summary>
    /// <param name="message">The words.</param>
    public static Failure Unavailable(string message) => new(FailureKind.Unavailable, message);

    /// <summary>Values that do not pass.</summary>
    /// <param name="errors">Errors by field.</param>
    public static Failure Invalid(IReadOnlyDictionary<string, string[]> errors) =>
        new(FailureKind.Invalid, "Some values are not valid.", errors);

    /// <summary>One value that does not pass.</summary>
    /// <param name="field">Name of the field.</param>
    /// <param name="message">The words.</param>
    public static Failure Invalid(string field, string message) => Invalid(new Dictionary<string, string[]> { [field] = [message] });
}
