using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Programs that start another one: which of their options take a value, and how many words of their own stand before that other program.
/// </summary>
internal static partial class WrapperOptions
{
    // By name: options whose value is the next word, and the number of words of their own; below zero where options may follow those.
    private static readonly Dictionary<string, (string[] WithValue, int Words)> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sudo"] = (["-u", "--user", "-g", "--group", "-h", "--host", "-p", "--prompt", "-C", "-D", "--chdir", "-R", "-T", "-U"], 0),
        ["doas"] = (["-u", "-C"], 0),
        ["env"] = (["-u", "--unset", "-C", "--chdir"], 0),
        ["nohup"] = ([], 0),
        ["setsid"] = ([], 0),
        ["time"] = (["-f", "-o"], 0),
        ["nice"] = (["-n", "--adjustment"], 0),
        ["ionice"] = (["-c", "--class", "-n", "--classdata"], 0),
        ["chrt"] = (["-T", "-P", "-D"], 1),
        ["taskset"] = ([], 1),
        ["timeout"] = (["-k", "--kill-after", "-s", "--signal"], 1),
        ["numactl"] = (
            ["-N", "--cpunodebind", "-m", "--membind", "-C", "--physcpubind", "-i", "--interleave", "-p", "--preferred", "-w"],
            0
        ),
        ["stdbuf"] = (["-i", "--input", "-o", "--output", "-e", "--error"], 0),
        ["systemd-run"] = (
            [
                "-u",
                "--unit",
                "-p",
                "--property",
                "-E",
                "--setenv",
                "-t",
                "--description",
                "--uid",
                "--gid",
                "--nice",
                "--slice",
                "--working-directory",
                "-M",
            ],
            0
        ),
        ["systemd-inhibit"] = (["--what", "--who", "--why", "--mode"], 0),
        ["flatpak"] = (["--command", "--env", "--branch", "--arch", "--cwd"], 2),
        ["flatpak-spawn"] = (["--env", "--directory"], 0),
        ["distrobox"] = (["-n", "--name", "-a", "--additional-flags"], 2),
        ["distrobox-enter"] = (["-n", "--name", "-a", "--additional-flags"], 1),
        ["toolbox"] = (["-c", "--container", "-d", "--distro", "-r", "--release"], -1),
        ["wsl"] = (["-d", "--distribution", "-u", "--user", "--cd"], 0),
        ["wsl.exe"] = (["-d", "--distribution", "-u", "--user", "--cd"], 0),
        ["conda"] = (["-n", "--name", "-p", "--prefix"], -1),
        ["firejail"] = ([], 0),
        ["gamemoderun"] = ([], 0),
        ["mangohud"] = ([], 0),
        ["prime-run"] = ([], 0),
        ["optirun"] = ([], 0),
        ["unbuffer"] = ([], 0),
        ["caffeinate"] = (["-t", "-w"], 0),
        ["setarch"] = ([], 0),
        ["gdb"] = (["-ex", "-x"], 0),
        ["strace"] = (["-e", "-o", "-p"], 0),
        ["valgrind"] = ([], 0),
        ["tmux"] = (["-c", "-e", "-F", "-f", "-L", "-n", "-S", "-s", "-t", "-x", "-y"], -1),
        ["screen"] = (["-c", "-e", "-h", "-Logfile", "-p", "-S", "-s", "-T", "-t"], 0),
        ["dtach"] = (["-A", "-c", "-e", "-N", "-n", "-r"], 0),
        ["abduco"] = (["-A", "-c", "-e", "-n"], 0),
        ["Start-Process"] = (["-WindowStyle", "-Verb", "-Credential", "-Environment"], 0),
    };

    /// <summary>The words of a wrapper and where the other program begins; at the same place where it is none.</summary>
    /// <param name="words">All words.</param>
    /// <param name="at">Its place.</param>
    /// <param name="variable">Takes each variable it sets.</param>
    public static (string Options, int Next) Read(IReadOnlyList<string> words, int at, Action<string, string> variable)
    {
        if (!Known.TryGetValue(ForeignPath.FileName(words[at]), out var wrapper))
            return ("", at);
        var said = new List<string> { words[at] };
        var (next, own) = (at + 1, Math.Abs(wrapper.Words));
        while (next < words.Count)
        {
            var word = words[next];
            if (word == "--")
            {
                next++;
                break;
            }

            if (CommandWrapper.ReadAssignment(word) is { } assignment)
                variable(assignment.Name, assignment.Value);
            else if (IsOption(word) && !(own == 0 && wrapper.Words > 0))
                said.Add(word);
            else if (own-- > 0)
                said.Add(word);
            else
                break;
            next++;
            if (next < words.Count && TakesValue(wrapper.WithValue, word))
                TakeValue(word, words[next++], said, variable);
        }

        return (said is [var alone] && IsPlain(alone) ? "" : string.Join(' ', said), next);
    }

    // Of several letters behind one dash, as in screen -dmS NAME, the last one may take a value.
    private static bool TakesValue(string[] withValue, string word) =>
        withValue.Contains(word, StringComparer.Ordinal) || (Cluster().IsMatch(word) && withValue.Contains("-" + word[^1]));

    private static void TakeValue(string option, string value, List<string> said, Action<string, string> variable)
    {
        if (option is "-E" or "--setenv" or "--env" && CommandWrapper.ReadAssignment(value) is { } assignment)
            variable(assignment.Name, assignment.Value);
        else
            said.Add(value);
    }

    private static bool IsOption(string word) => word.StartsWith('-') && word.Length > 1;

    // Alone they say nothing that matters to a server that is watched anyway.
    private static bool IsPlain(string name) => ForeignPath.FileName(name) is "env" or "nohup" or "setsid" or "time";

    [GeneratedRegex("^-[dDmALqPaXE]+[A-Za-z]$")]
    private static partial Regex Cluster();
}
