using System.Globalization;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Logs;

/// <summary>
/// The same lines as text in <c>data/logs/llamablazor-YYYYMMDD.N.log</c>, for when the database cannot be read. A file ends at 10 MB or at midnight
/// UTC; the newest ten stay. One thread writes. A full disk silences it and nothing else.
/// </summary>
internal sealed class LogFile(DataFolder folder, TimeProvider clock) : IDisposable
{
    /// <summary>Files kept.</summary>
    public const int Kept = 10;

    private const long SizeLimit = 10 * 1024 * 1024;

    private StreamWriter? _writer;
    private string _day = "";
    private int _part;

    /// <summary>Adds a line.</summary>
    public void Write(LogEntry entry)
    {
        try
        {
            var when = DateTimeOffset.FromUnixTimeMilliseconds(entry.Timestamp);
            var file = FileFor(clock.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture));
            file.Write(when.ToString("yyyy-MM-ddTHH:mm:ss.fffZ ", CultureInfo.InvariantCulture));
            file.Write(entry.Level);
            file.Write(' ');
            file.Write(entry.Source);
            file.Write(entry.Category is null ? ": " : $" {entry.Category}: ");
            file.WriteLine(entry.Message.ReplaceLineEndings("\n  "));
            if (entry.ErrorType is not null)
                file.WriteLine($"  {entry.ErrorType}: {Indent(entry.ErrorMessage)}\n{entry.StackTrace}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Close();
        }
    }

    /// <summary>Hands what was written to the system.</summary>
    public void Flush()
    {
        try
        {
            _writer?.Flush();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Close();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    // What comes from elsewhere, such as the name of a file, begins no line of its own and colours nothing.
    private static string Indent(string? text) =>
        string.Join("\n  ", (text ?? "").ReplaceLineEndings("\n").Split('\n').Select(AnsiText.Strip));

    private StreamWriter FileFor(string day)
    {
        if (_writer is not null && _day == day && _writer.BaseStream.Length < SizeLimit)
            return _writer;
        Close();
        _part = _day == day ? _part + 1 : 1;
        _day = day;
        string path;
        while (File.Exists(path = PathOf(day, _part)) && new FileInfo(path).Length >= SizeLimit)
            _part++;
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _writer = new StreamWriter(OpenNext(path, day, options));
        foreach (var old in Directory.EnumerateFiles(folder.Logs, "llamablazor-*.log").OrderDescending(StringComparer.Ordinal).Skip(Kept))
            File.Delete(old);
        return _writer;
    }

    // A file of another user, as of a run as root, is left alone: the next one is ours.
    private FileStream OpenNext(string path, string day, FileStreamOptions options)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (UnauthorizedAccessException) when (attempt < Kept && File.Exists(path))
            {
                path = PathOf(day, ++_part);
            }
        }
    }

    private string PathOf(string day, int part) => Path.Combine(folder.Logs, $"llamablazor-{day}.{part:00000}.log");

    private void Close()
    {
        try
        {
            _writer?.Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The rest of the buffer does not fit on the disk.
        }

        _writer = null;
    }
}
