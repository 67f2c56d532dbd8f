using LlamaBlazor.Domain.Logs;
using LlamaBlazor.Tests.Support;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Logs;

namespace LlamaBlazor.Tests.Integration.Logs;

/// <summary>The files under <c>data/logs</c>: a new one at midnight and at their size, the newest ten stay.</summary>
public sealed class LogFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly HandClock _clock = new() { Now = new DateTimeOffset(2026, 1, 31, 23, 59, 0, TimeSpan.Zero) };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Midnight_BeginsANewFile_AndTheOldestLeave()
    {
        using var folder = DataFolder.Open(_folder.Path);
        using var file = new LogFile(folder, _clock);
        for (var day = 0; day < LogFile.Kept + 3; day++)
        {
            file.Write(Line($"day {day}"));
            _clock.Now += TimeSpan.FromDays(1);
        }

        file.Flush();
        var files = Files(folder);
        Assert.Equal(LogFile.Kept, files.Count);
        Assert.Contains("20260203.00001", files[0]);
        Assert.Contains("day 12", ReadAll(files[^1]));
    }

    [Fact]
    public void FullFile_IsFollowedByTheNextPart_AlsoAfterARestart()
    {
        using var folder = DataFolder.Open(_folder.Path);
        var text = new string('x', 1024 * 1024);
        for (var run = 0; run < 2; run++)
        {
            using var file = new LogFile(folder, _clock);
            for (var i = 0; i < 12; i++)
            {
                file.Write(Line(text));
                file.Flush();
            }
        }

        var files = Files(folder);
        Assert.Equal(["00001", "00002", "00003"], files.Select(path => path.Split('.')[^2]));
        Assert.All(files, path => Assert.InRange(new FileInfo(path).Length, 1, 12 * 1024 * 1024));
        if (OperatingSystem.IsWindows())
            return;
        foreach (var path in files)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [SmallDiskFact]
    public void FailedWrites_BeginNoNewPart_AndRemoveNothing()
    {
        using var disk = new SmallDisk(8);
        using var folder = DataFolder.Open(disk.Path);
        using var file = new LogFile(folder, _clock);
        for (var day = 0; day < LogFile.Kept; day++)
        {
            file.Write(Line($"day {day}"));
            file.Flush();
            _clock.Now += TimeSpan.FromDays(1);
        }

        var before = Files(folder);
        disk.Fill(leave: 0);
        for (var i = 0; i < 200; i++)
        {
            file.Write(Line(new string('x', 5000)));
            file.Flush();
            if (i % 50 == 49)
                _clock.Now += TimeSpan.FromDays(1);
        }

        Assert.All(before, path => Assert.Contains("day ", ReadAll(path)));
        disk.Free();
        file.Write(Line("there is room again"));
        file.Flush();
        var after = Files(folder).Where(path => new FileInfo(path).Length > 0).ToList();
        Assert.Equal(LogFile.Kept, after.Count);
        Assert.Contains("there is room again", ReadAll(after[^1]));
        Assert.Contains("day 1", ReadAll(after[0])); // only the oldest left, for the one that holds something
    }

    [Fact]
    public void FilesOfDaysToCome_LeaveFirst()
    {
        using var folder = DataFolder.Open(_folder.Path);
        for (var day = 0; day < LogFile.Kept; day++)
            File.WriteAllText(Path.Combine(folder.Logs, $"llamablazor-209901{day + 10:00}.00001.log"), "by a clock that ran ahead");
        using var file = new LogFile(folder, _clock);
        for (var day = 0; day < 3; day++)
        {
            file.Write(Line($"day {day}"));
            file.Flush();
            _clock.Now += TimeSpan.FromDays(1);
        }

        Assert.Equal(["20260131", "20260201", "20260202"], Files(folder).Take(3).Select(path => Path.GetFileName(path).Split('-')[1][..8]));
        Assert.Equal(LogFile.Kept, Files(folder).Count);
    }

    [Fact]
    public void NoText_BeginsALineOfItsOwn_OrMovesATerminal()
    {
        using var folder = DataFolder.Open(_folder.Path);
        using (var file = new LogFile(folder, _clock))
            file.Write(
                Line("name\n1970-01-01 forged\u2028too") with
                {
                    ErrorType = "E",
                    ErrorMessage = "name\r\n1970-01-01 \u001b[2Jforged",
                }
            );
        var lines = File.ReadAllLines(Assert.Single(Files(folder)));
        Assert.Equal(["  1970-01-01 forged", "  too", "  E: name", "  1970-01-01 forged", ""], lines[1..]);
    }

    private static LogEntry Line(string text) =>
        new()
        {
            Timestamp = 0,
            Level = "info",
            Source = "server",
            Message = text,
        };

    private static List<string> Files(DataFolder folder) => [.. Directory.EnumerateFiles(folder.Logs).Order(StringComparer.Ordinal)];

    private static string ReadAll(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private sealed class HandClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
