using System.Text.Json;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>
/// Finds models of the library that can draft for another one: heads of the same architecture and width that were made for that, and
/// models that are much
/// smaller, with the same tokenizer, since llama.cpp compares the two vocabularies (common/speculative.cpp). Read from what scans keep;
/// no file is opened.
/// </summary>
internal sealed class DraftCandidates(IDbContextFactory<LlamaDbContext> contexts)
{
    // Heads with an architecture of their own, and the method each is for (llama.cpp, common/speculative.cpp).
    private static readonly Dictionary<string, string> OwnMethods = new()
    {
        ["eagle3"] = "draft-eagle3",
        ["dflash"] = "draft-dflash",
        ["gemma4-assistant"] = "draft-mtp",
    };

    private static readonly string[] OwnArchitectures = [.. OwnMethods.Keys];

    private const string HeadMethod = "draft-mtp";

    /// <summary>Candidates at most, the smallest first.</summary>
    public const int Bound = 20;

    private const int ReadBound = 500;
    private const int Times = 3; // a draft that is not much smaller costs more than it saves

    // What must be alike; a key that both lack is alike.
    private static readonly string[] Keys =
    [
        "tokenizer.ggml.model",
        "tokenizer.ggml.pre",
        "tokenizer.ggml.bos_token_id",
        "tokenizer.ggml.eos_token_id",
        "tokenizer.ggml.add_bos_token",
        "tokenizer.ggml.add_eos_token",
    ];

    /// <summary>
    /// The models that can draft for one, heads that were made for it first; none where it is not known, or has no tokenizer.
    /// </summary>
    /// <param name="modelId">The model to draft for.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<IReadOnlyList<DraftCandidate>> FindAsync(long modelId, CancellationToken cancellation = default)
    {
        return await contexts
            .ReadAsync(
                async context =>
                {
                    var model = await context
                        .Models.Where(row => row.Id == modelId)
                        .Select(row => new
                        {
                            row.VocabSize,
                            row.ParameterCount,
                            row.MetadataJson,
                            row.ModelPath,
                            row.Architecture,
                            row.EmbeddingSize,
                        })
                        .FirstOrDefaultAsync(cancellation)
                        .ConfigureAwait(false);
                    if (model is not { VocabSize: { } vocabulary, ParameterCount: { } weights, MetadataJson: { } json })
                        return [];
                    var heads = await context
                        .Models.Where(row =>
                            row.Role == ModelRole.Draft
                            && !row.FileMissing
                            && row.ModelPath != null
                            && row.EmbeddingSize == model.EmbeddingSize
                            && (row.VocabSize == null || row.VocabSize == vocabulary)
                            && (
                                row.Architecture == model.Architecture
                                || (row.Architecture != null && OwnArchitectures.Contains(row.Architecture))
                            )
                        )
                        .OrderBy(row => row.Name)
                        .Take(Bound)
                        .Select(row => new
                        {
                            row.Name,
                            row.ModelPath,
                            row.Params,
                            row.FileSizeBytes,
                            row.Architecture,
                        })
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    var made = heads.ConvertAll(row => new DraftCandidate(row.Name, row.ModelPath!, row.Params, row.FileSizeBytes ?? 0)
                    {
                        Method = OwnMethods.GetValueOrDefault(row.Architecture ?? "", HeadMethod),
                    });
                    var rows = await context
                        .Models.Where(row =>
                            row.Role == ModelRole.Model
                            && !row.FileMissing
                            && row.ModelPath != null
                            && row.ModelPath != model.ModelPath
                            && row.VocabSize == vocabulary
                            && row.ParameterCount > 0
                            && row.ParameterCount <= weights / Times
                        )
                        .OrderBy(row => row.ParameterCount)
                        .ThenBy(row => row.Id)
                        .Take(ReadBound)
                        .Select(row => new
                        {
                            row.Name,
                            row.ModelPath,
                            row.Params,
                            row.FileSizeBytes,
                            row.MetadataJson,
                        })
                        .ToListAsync(cancellation)
                        .ConfigureAwait(false);
                    var own = Tokenizer(json);
                    return own is null
                        ? made
                        : await Task.Run(
                                () =>
                                    (IReadOnlyList<DraftCandidate>)
                                        [
                                            .. made,
                                            .. rows.Where(row => Tokenizer(row.MetadataJson) is { } other && own.SequenceEqual(other))
                                                .DistinctBy(row => row.ModelPath)
                                                .Take(Bound)
                                                .Select(row => new DraftCandidate(
                                                    row.Name,
                                                    row.ModelPath!,
                                                    row.Params,
                                                    row.FileSizeBytes ?? 0
                                                )),
                                        ],
                                cancellation
                            )
                            .ConfigureAwait(false);
                },
                cancellation
            )
            .ConfigureAwait(false);
    }

    private static List<string>? Tokenizer(string? json)
    {
        try
        {
            using var document = JsonDocument.Parse(json ?? "null");
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty(Keys[0], out _))
                return null;
            return [.. Keys.Select(key => document.RootElement.TryGetProperty(key, out var value) ? value.GetRawText() : "")];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A model that can draft.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its file.</param>
/// <param name="Params">Weights for people, such as 0.5B, or null.</param>
/// <param name="SizeBytes">Size of its files.</param>
internal sealed record DraftCandidate(string Name, string Path, string? Params, long SizeBytes)
{
    /// <summary>The only method it can draft with, a value of <c>--spec-type</c>; null for an ordinary model.</summary>
    public string? Method { get; init; }
}
