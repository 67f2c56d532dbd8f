using LlamaBlazor.Domain.Logs;

namespace LlamaBlazor.Web.Logs;

/// <summary>Hands what the program logs to the intake. Depends on nothing that logs itself.</summary>
[ProviderAlias("Database")]
internal sealed class DatabaseLoggerProvider(LogIntake intake, TimeProvider clock) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, intake, clock);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Logger(string category, LogIntake intake, TimeProvider clock) : ILogger
    {
        // The five sources of seed S1.4, by the part of the program that speaks; the first that fits counts.
        private static readonly (string Prefix, string Source)[] Sources =
        [
            ("LlamaBlazor.Web.Proxy.Caching", "server"),
            ("LlamaBlazor.Web.Proxy.Recording", "server"),
            ("LlamaBlazor.Web.Proxy", "router"),
            ("Yarp", "router"),
            ("LlamaBlazor.Web.Models", "models"),
            ("LlamaBlazor.Web.Downloads", "models"),
            ("LlamaBlazor.Web.Memory", "models"),
            ("LlamaBlazor.Web.Parameters", "models"),
            ("Microsoft.AspNetCore", "api"),
        ];

        private readonly string _source = SourceOf(category);
        private readonly LogLevel _least = LeastOf(category);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None && logLevel >= _least && intake.Keeps(Word(logLevel));

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (!IsEnabled(logLevel))
                return;
            var facts = LogFacts.Read(category, state);
            intake.Add(
                new LogEntry
                {
                    Timestamp = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                    Level = Word(logLevel),
                    Source = _source,
                    Category = LogCategory.Of(Word(logLevel), _source, category),
                    Origin = category,
                    ContextJson = facts.ContextJson,
                    ModelId = facts.ModelId,
                    ModelPath = facts.ModelPath,
                    PromptPreview = facts.PromptPreview,
                    Message = AnsiText.Strip(formatter(state, exception)),
                    ErrorType = exception?.GetType().FullName,
                    ErrorMessage = exception?.Message,
                    StackTrace = exception?.StackTrace,
                }
            );
        }

        // To store a line is a command of the database, and to show one is a message to a browser. Where these are logged, each line would
        // bring the next, for ever.
        private static LogLevel LeastOf(string category) =>
            category.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal) ? LogLevel.Warning
            : category.StartsWith("Microsoft.", StringComparison.Ordinal) ? LogLevel.Information
            : LogLevel.Trace;

        private static string Word(LogLevel level) =>
            level switch
            {
                LogLevel.Trace or LogLevel.Debug => "debug",
                LogLevel.Warning => "warn",
                LogLevel.Error => "error",
                LogLevel.Critical => "critical",
                _ => "info",
            };

        private static string SourceOf(string category) =>
            Sources.FirstOrDefault(source => category.StartsWith(source.Prefix, StringComparison.Ordinal)).Source ?? "server";
    }
}
