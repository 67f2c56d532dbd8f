using System.Diagnostics;
using System.Globalization;
using LlamaBlazor.Domain.Telemetry;

namespace LlamaBlazor.Web.Telemetry.Machine;

/// <summary>What a process with its children takes of main memory: an engine may stand behind a script.</summary>
internal static class ProcessMemory
{
    private const int Bound = 64; // processes of one engine
    private const int TextBound = 4 << 20; // thousands of mappings

    /// <summary>Bytes, files that are mapped counted whole; null when it is gone.</summary>
    public static long? Of(int pid) => OperatingSystem.IsLinux() ? Linux(pid) : Elsewhere(pid);

    /// <summary>The process and all below it.</summary>
    public static IReadOnlyList<int> Family(int pid)
    {
        var found = new List<int> { pid };
        for (var i = 0; i < found.Count && OperatingSystem.IsLinux() && found.Count < Bound; i++)
        {
            foreach (var child in Read(found[i], $"task/{found[i]}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (int.TryParse(child, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                    found.Add(id);
            }
        }

        return found;
    }

    private static long? Linux(int pid)
    {
        long? sum = null;
        foreach (var member in Family(pid))
        {
            if (ProcessMap.OwnBytes(Read(member, "status")) is { } own)
                sum = (sum ?? 0) + own + ProcessMap.MappedBytes(Read(member, "maps"));
        }

        return sum;
    }

    private static string Read(int pid, string file)
    {
        try
        {
            using var reader = new StreamReader(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"));
            var text = new char[TextBound];
            return new string(text, 0, reader.ReadBlock(text, 0, text.Length));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended
        }
    }

    private static long? Elsewhere(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.WorkingSet64;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
