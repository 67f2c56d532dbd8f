using System.Security.Cryptography;
using System.Text.Json;
using LlamaBlazor.Domain.Common;
using LlamaBlazor.Domain.Models;
using LlamaBlazor.Domain.Models.Gguf;
using LlamaBlazor.Domain.Models.Library;

namespace LlamaBlazor.Web.Models.Library;

/// <summary>An entry of the library with what its header says.</summary>
/// <param name="Entry">The files.</param>
/// <param name="Facts">The header of the first part, with the weights of all parts.</param>
/// <param name="Fingerprint">By which the file is recognised when it moves.</param>
internal sealed record ScannedModel(LibraryEntry Entry, ModelMetadata Facts, string Fingerprint)
{
    private const int HashedHeader = 64 << 10;
    private const int HashedSample = 4 << 10;
    private const int MissingBound = 1000; // a header may claim 65,535 parts

    /// <summary>What is said of a file that <see cref="Open"/> does not open.</summary>
    public const string Nothing = "The file is empty, or no ordinary file.";

    /// <summary>Reads the headers of an entry; the data of tensors is not read, but for three small samples.</summary>
    public static Result<ScannedModel> Read(LibraryEntry entry, CancellationToken cancellation)
    {
        if (entry.Problem is { } problem)
            return Failure.Conflict(problem);
        try
        {
            using var first = Open(entry.Files[0]);
            if (first is null)
                return Failure.Conflict(Nothing);
            var header = GgufReader.Read(first, cancellation);
            var facts = header.IsSuccess ? ModelMetadata.Of(header.Value, Path.GetFileName(entry.Path)) : header.Failure!;
            if (!facts.IsSuccess)
                return facts.Failure!;
            var weights = facts.Value.ParameterCount;
            foreach (var part in entry.Files.Skip(1))
            {
                using var file = Open(part);
                var more = file is null ? Failure.Conflict(Nothing) : GgufReader.Read(file, cancellation);
                if (!more.IsSuccess)
                    return Failure.Conflict($"{Path.GetFileName(part.Path)}: {more.Failure!.Message}");
                weights += more.Value.ParameterCount;
            }

            return new ScannedModel(entry, facts.Value with { ParameterCount = weights }, FingerprintOf(first, entry.Size));
        }
        catch (Exception error) when (error is not OperationCanceledException) // whatever a file does to us, the others are scanned
        {
            return Failure.Conflict(FolderWalker.Explain(error));
        }
    }

    /// <summary>Writes everything a scan knows into a row.</summary>
    public void Apply(Model model)
    {
        Facts.Apply(model);
        model.ModelPath = Entry.Path;
        model.Fingerprint = Fingerprint;
        model.FileSizeBytes = Entry.Size;
        model.FileModifiedAt = Entry.ModifiedAt;
        model.SplitCount = Math.Max(Entry.SplitCount, Facts.SplitCount);
        model.SplitMissing = Missing() is { Count: > 0 } missing ? JsonSerializer.Serialize(missing) : null;
        model.FileMissing = false;
    }

    // The header knows more parts than the names where someone renamed one: llama.cpp finds the others by their names.
    private List<int> Missing()
    {
        if (Facts.SplitCount <= Entry.SplitCount)
            return [.. Entry.Missing];
        var present = Entry.SplitCount == 1 ? [Facts.SplitPart] : Enumerable.Range(1, Entry.SplitCount).Except(Entry.Missing);
        return [.. Enumerable.Range(1, Facts.SplitCount).Except(present).Take(MissingBound)];
    }

    /// <summary>Opens a file for its header, or null where it is empty. Unbuffered: the reader has a buffer, and most of the file is never
    /// read.</summary>
    public static FileStream? Open(ModelFile file) =>
        file.Size == 0
            ? null // also pipes and devices, which would block for ever
            : new FileStream(
                file.Path,
                new FileStreamOptions
                {
                    Mode = FileMode.Open,
                    Access = FileAccess.Read,
                    Share = FileShare.ReadWrite | FileShare.Delete,
                    BufferSize = 0,
                }
            );

    // Size, the start of the header and three samples of the weights: fine-tunes of one base share everything but the weights.
    private static string FingerprintOf(FileStream file, long size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> sample = stackalloc byte[HashedSample];
        for (var offset = 0; offset < HashedHeader; offset += HashedSample)
            Append(offset, sample);
        foreach (var place in (ReadOnlySpan<int>)[1, 2, 3])
            Append(file.Length / 4 * place, sample);
        return $"{size:x}-{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16))}";

        void Append(long offset, Span<byte> buffer) => hash.AppendData(buffer[..RandomAccess.Read(file.SafeFileHandle, buffer, offset)]);
    }
}
