using System.Globalization;
using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Logs;

/// <summary>
/// The same lines as text in <c>data/logs/llamablazor-YYYYMMDD.N.log</c>, for when the database cannot be read. A file ends at 10 MB or at
/// midnight
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
    private bool _isNew; // begun and not yet written to the disk

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
            file.Write(entry.Origin is null ? ": " : $" {entry.Origin}: ");
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
            if (_isNew && _writer is not null)
                RemoveOld();
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
        if (_day != day)
            (_part, _day) = (1, day); // else the same file again, if a failed write closed it: only a full one has a successor
        string path;
        while (File.Exists(path = PathOf(day, _part)) && new FileInfo(path).Length >= SizeLimit)
            _part++;
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        _writer = new StreamWriter(OpenNext(path, day, options));
        _isNew = true;
        return _writer;
    }

    // Only once the new file holds something: a full disk makes empty files, and each would push one out that says what happened. Empty
    // ones leave first,
    // then those of days to come, which a clock that ran ahead has named.
    private void RemoveOld()
    {
        _isNew = false;
        var current = PathOf(_day, _part);
        var today = PathOf(_day, 99999);
        var others = Directory
            .EnumerateFiles(folder.Logs, "llamablazor-*.log")
            .Where(path => path != current)
            .OrderByDescending(path => new FileInfo(path).Length > 0)
            .ThenBy(path => string.CompareOrdinal(path, today) > 0)
            .ThenByDescending(path => path, StringComparer.Ordinal);
        foreach (var old in others.Skip(Kept - 1))
            File.Delete(old);
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
