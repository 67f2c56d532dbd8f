using System.Security.Cryptography;
using LlamaBlazor.Domain.Models.Gguf;

namespace LlamaBlazor.Web.Downloads;

/// <summary>What has come of a file: lies beside its target as <c>.part</c> until it is complete, and is what a download goes on
/// with.</summary>
internal sealed class PartFile : IDisposable
{
    private const int BufferSize = 1 << 20;
    private readonly FileStream _file;
    private IncrementalHash? _hash;

    private PartFile(FileStream file, IncrementalHash? hash) => (_file, _hash) = (file, hash);

    /// <summary>Bytes that are there.</summary>
    public long Length => _file.Position;

    /// <summary>Path of the part of a target.</summary>
    public static string PathOf(string target) => target + ModelFileName.PartExtension;

    /// <summary>Bytes of a target's part; 0 without one.</summary>
    public static long LengthOf(string target) => new FileInfo(PathOf(target)) is { Exists: true, Length: var length } ? length : 0;

    /// <summary>Opens the part of a target to go on with, or makes it. Nobody else writes it meanwhile.</summary>
    /// <param name="target">The file to be.</param>
    /// <param name="hashed">Whether its SHA-256 will be asked for: what is there is read once.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static async Task<PartFile> OpenAsync(string target, bool hashed, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var file = new FileStream(
            PathOf(target),
            new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Read,
                BufferSize = 0,
                Options = FileOptions.SequentialScan,
            }
        );
        var part = new PartFile(file, hashed ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null);
        try
        {
            await part.ReadKnownAsync(cancellation).ConfigureAwait(false);
            return part;
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _hash?.Dispose();
    }

    /// <summary>Adds bytes.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await _file.WriteAsync(bytes, cancellation).ConfigureAwait(false);
        _hash?.AppendData(bytes.Span);
    }

    /// <summary>Throws away what is there.</summary>
    public void Restart()
    {
        _file.SetLength(0);
        _file.Position = 0;
        _hash?.Dispose();
        _hash = _hash is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }

    /// <summary>Brings everything to the disk and tells its SHA-256, where that was wanted.</summary>
    public string? Complete()
    {
        _file.Flush(flushToDisk: true);
        return _hash is null ? null : Convert.ToHexStringLower(_hash.GetCurrentHash());
    }

    private async Task ReadKnownAsync(CancellationToken cancellation)
    {
        if (_hash is null)
        {
            _file.Seek(0, SeekOrigin.End);
            return;
        }

        var buffer = new byte[BufferSize];
        for (int read; (read = await _file.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0; )
            _hash.AppendData(buffer, 0, read);
    }
}
