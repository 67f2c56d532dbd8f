using System.CommandLine;
using System.Text;

namespace LlamaBlazor.Web.Cli;

/// <summary><c>completion bash|zsh|powershell</c>: a script that knows all commands and options, so that completing starts no
/// program.</summary>
internal static class CliCompletion
{
    private const string Program = "llamablazor";

    /// <summary>Makes the command. It reads the tree when it runs, so it may be added before the others.</summary>
    public static Command Make(RootCommand root, Func<ParseResult, CliContext> context)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or powershell" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "powershell");
        var command = new Command("completion", $"Writes a completion script. Example: source <({Program} completion bash)") { shell };
        command.SetAction(
            async (result, _) =>
            {
                var words = new SortedDictionary<string, string>(StringComparer.Ordinal);
                Collect(root, "", words);
                await context(result)
                    .Output.WriteAsync(
                        result.GetRequiredValue(shell) switch
                        {
                            "powershell" => PowerShell(words),
                            "zsh" => "autoload -Uz bashcompinit && bashcompinit\n" + Bash(words),
                            _ => Bash(words),
                        }
                    )
                    .ConfigureAwait(false);
                return CliContext.Ok;
            }
        );
        return command;
    }

    // What may follow each command: its subcommands and options, with those that hold everywhere.
    private static void Collect(Command command, string path, SortedDictionary<string, string> words)
    {
        words[path] = string.Join(
            ' ',
            command
                .Subcommands.Select(sub => sub.Name)
                .Concat(command.Options.Where(option => !option.Hidden).Select(option => option.Name))
                .Concat(path.Length == 0 ? [] : ["--json", "--data", "--help"])
                .Distinct(StringComparer.Ordinal)
        );
        foreach (var sub in command.Subcommands)
            Collect(sub, path.Length == 0 ? sub.Name : $"{path} {sub.Name}", words);
    }

    private static string Bash(SortedDictionary<string, string> words)
    {
        var script = new StringBuilder(
            "_llamablazor() {\n  local current=\"${COMP_WORDS[COMP_CWORD]}\" path=\"\" word choices=\"\"\n  for word in "
                + "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case \"$word\" in -*) ;; *) case \"$path $word\" in\n"
        );
        foreach (var path in words.Keys.Where(path => path.Length > 0))
            script.Append($"      \" {path}\"|\"{path}\") path=\"{path}\" ;;\n");
        script.Append("    esac ;; esac\n  done\n  case \"$path\" in\n");
        foreach (var (path, choices) in words)
            script.Append($"    \"{path}\") choices=\"{choices}\" ;;\n");
        return script
            .Append(
                $"  esac\n  COMPREPLY=($(compgen -W \"$choices\" -- \"$current\"))\n  if [ ${{#COMPREPLY[@]}} -eq 0 ]; then "
                    + $"COMPREPLY=($(compgen -f -- \"$current\")); fi\n}}\ncomplete -o filenames -F _llamablazor {Program} llamablazor\n"
            )
            .ToString();
    }

    private static string PowerShell(SortedDictionary<string, string> words)
    {
        var script = new StringBuilder(
            $"Register-ArgumentCompleter -Native -CommandName '{Program}', 'llamablazor' -ScriptBlock {{\n  param($current, $tree, "
                + $"$position)\n  $choices = @{{\n"
        );
        foreach (var (path, choices) in words)
            script.Append($"    '{path}' = '{choices}'\n");
        return script
            .Append(
                "  }\n  $path = ''\n  foreach ($element in $tree.CommandElements | Select-Object -Skip 1) {\n    $next = \"$path "
                    + "$($element.Extent.Text)\".Trim()\n    if ($element.Extent.EndOffset -lt $position -and "
                    + "$choices.ContainsKey($next)) { $path = $next }\n  }\n  $choices[$path] -split ' ' | Where-Object { $_ -like "
                    + "\"$current*\" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }\n}\n"
            )
            .ToString();
    }
}
