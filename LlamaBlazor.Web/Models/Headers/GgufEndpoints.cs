using System.Globalization;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Web.Shared.Api;

namespace LlamaBlazor.Web.Models.Headers;

/// <summary><c>GET /api/models/{id}/gguf</c>: header, keys, tensors (product.md 16).</summary>
internal static class GgufEndpoints
{
    private const int PageDefault = 100;
    private const int PageBound = 1000;

    /// <summary>Maps it into the group of <c>/api/models</c>.</summary>
    public static void Map(RouteGroupBuilder group) => group.MapGet("{id}/gguf", GetAsync);

    private static async Task<IResult> GetAsync(
        string id,
        string? section,
        string? after,
        int? limit,
        ModelStore store,
        HeaderStore headers,
        CancellationToken cancellation
    )
    {
        if (limit is < 1 or > PageBound)
            return ApiResults.Invalid("limit", $"A number from 1 to {PageBound}.");
        if (!long.TryParse(after ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var skip))
            return ApiResults.Invalid("after", "Send back what 'next' of the page before said.");
        if (await store.FindAsync(id, cancellation) is not { } model)
            return ApiResults.Problem(ModelStore.Unknown(id));
        if (section is not (null or "keys" or "tensors"))
            return await ItemsAsync(model, section, skip, limit ?? PageDefault, cancellation);
        var header = await headers.ReadAsync(model, cancellation);
        return header.ToApi(file =>
            section switch
            {
                "keys" => Results.Ok(Page([.. file.Metadata.Entries.Select(GgufKeyAnswer.Of)], skip, limit ?? PageDefault)),
                "tensors" => Results.Ok(Page([.. file.Tensors.Select(GgufTensorAnswer.Of)], skip, limit ?? PageDefault)),
                _ => Results.Ok(GgufAnswer.Of(file, limit ?? PageBound)),
            }
        );
    }

    private static async Task<IResult> ItemsAsync(Model model, string key, long skip, int limit, CancellationToken cancellation) =>
        (await HeaderStore.ReadItemsAsync(model, key, skip, limit, cancellation)).ToApi(value =>
            Results.Ok(new ListPage<object>([.. value.Items.Select(GgufKeyAnswer.Safe)], Next(skip + value.Items.Count, value.Count)))
        );

    private static ListPage<T> Page<T>(IReadOnlyList<T> all, long skip, int limit)
    {
        var items = all.Skip((int)Math.Min(skip, int.MaxValue)).Take(limit).ToList();
        return new ListPage<T>(items, Next(skip + items.Count, all.Count));
    }

    private static string? Next(long reached, long count) => reached < count ? reached.ToString(CultureInfo.InvariantCulture) : null;
}

/// <summary>A header.</summary>
internal sealed record GgufAnswer(
    uint Version,
    string Endianness,
    long Alignment,
    long FileSize,
    int TensorCount,
    long ParameterCount,
    IReadOnlyList<GgufKeyAnswer> Keys,
    IReadOnlyList<GgufTensorAnswer> Tensors,
    IReadOnlyList<GgufTypeAnswer> Types
)
{
    /// <summary>All keys, the first tensors, and the formats.</summary>
    public static GgufAnswer Of(GgufFile file, int tensors) =>
        new(
            file.Version,
            file.BigEndian ? "big" : "little",
            file.Alignment,
            file.FileSize,
            file.Tensors.Count,
            file.ParameterCount,
            [.. file.Metadata.Entries.Select(GgufKeyAnswer.Of)],
            [.. file.Tensors.Take(tensors).Select(GgufTensorAnswer.Of)],
            [.. file.Types.Select(type => new GgufTypeAnswer(type.Type, type.Tensors, type.Bytes))]
        );
}

/// <summary>One key; of a long array the value holds the first items and count all of them.</summary>
internal sealed record GgufKeyAnswer(string Key, string Type, object? Value, long Count)
{
    /// <summary>The key as JSON shows it.</summary>
    public static GgufKeyAnswer Of(GgufEntry entry) =>
        new(
            entry.Key,
            entry.Value.TypeName,
            entry.Value.Type == GgufType.Array ? entry.Value.Items.Select(Safe).ToList() : Safe(entry.Value.Scalar),
            entry.Value.Count
        );

    /// <summary>A value JSON can hold: NaN and infinities become text.</summary>
    public static object Safe(object? value) =>
        value switch
        {
            float number when !float.IsFinite(number) => MetadataText.Show(value),
            double number when !double.IsFinite(number) => MetadataText.Show(value),
            _ => value ?? "",
        };
}

/// <summary>One tensor.</summary>
internal sealed record GgufTensorAnswer(string Name, string Type, IReadOnlyList<long> Shape, long Bytes)
{
    /// <summary>The tensor as JSON shows it.</summary>
    public static GgufTensorAnswer Of(GgufTensor tensor) => new(tensor.Name, tensor.TypeName, tensor.Shape, tensor.Bytes);
}

/// <summary>One format.</summary>
internal sealed record GgufTypeAnswer(string Type, int Tensors, long Bytes);
