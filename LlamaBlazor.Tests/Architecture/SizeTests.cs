using System.Text.RegularExpressions;

namespace LlamaBlazor.Tests.Architecture;

/// <summary>Files a person reads in one sitting.</summary>
public sealed partial class SizeTests
{
    private static readonly string[] Projects = ["LlamaBlazor.Domain", "LlamaBlazor.Web", "LlamaBlazor.Tests"];

    [Fact]
    public void CodeFiles_Have_AtMost300Lines() => Source.AssertNone(LongerThan("*.cs", 300));

    [Fact]
    public void RazorFiles_Have_AtMost150Lines() => Source.AssertNone(LongerThan("*.razor", 150));

    [Fact]
    public void CodeFiles_Have_AMedianOfAtMost65Lines()
    {
        // Lines wrap at 140 columns, which makes more of them.
        var sizes = Source
            .Files("LlamaBlazor.Domain", "*.cs")
            .Concat(Source.Files("LlamaBlazor.Web", "*.cs"))
            .Select(file => File.ReadLines(file).Count())
            .Order()
            .ToList();
        Assert.InRange(sizes[sizes.Count / 2], 1, 65);
    }

    [Fact]
    public void Methods_Have_AtMost40Lines()
    {
        var offences =
            from project in Projects[..2]
            from file in Source.Files(project, "*.cs")
            from method in Methods(File.ReadAllLines(file))
            where method.Length > 40
            select $"{Source.Relative(file)}:{method.Line} {method.Name} has {method.Length} lines";
        Source.AssertNone(offences);
    }

    [Fact]
    public void Components_Inject_AtMost6Services()
    {
        var offences =
            from file in Source.Files("LlamaBlazor.Web", "*.razor")
            let code = File.ReadAllText(file) + (File.Exists(file + ".cs") ? File.ReadAllText(file + ".cs") : "")
            let count = Regex.Count(code, @"\[Inject\]|^@inject ", RegexOptions.Multiline)
            where count > 6
            select $"{Source.Relative(file)}: {count}";
        Source.AssertNone(offences);
    }

    private static IEnumerable<string> LongerThan(string pattern, int limit) =>
        from project in Projects
        from file in Source.Files(project, pattern)
        let lines = File.ReadLines(file).Count()
        where lines > limit
        select $"{Source.Relative(file)} has {lines} lines";

    // A member of a class stands four columns in (eight in a nested one); its body ends at the brace of the same column.
    private static IEnumerable<(string Name, int Line, int Length)> Methods(string[] lines)
    {
        for (var start = 0; start < lines.Length - 1; start++)
        {
            var head = MemberPattern().Match(lines[start]);
            if (!head.Success || lines[start + 1].TrimEnd() != head.Groups["indent"].Value + "{")
                continue;
            var end = Array.IndexOf(lines, head.Groups["indent"].Value + "}", start + 1);
            yield return (head.Groups["name"].Value, start + 1, end - start - 2);
        }
    }

    [GeneratedRegex(
        @"^(?<indent> {4}| {8})(?!.*\b(class|record|struct|interface|enum|namespace|switch|if|for|foreach|while|lock|using|do|try)\b)[\w<>\[\]?,. ]+ (?<name>\w+)(<[^>]+>)?\(.*\)\s*$"
    )]
    private static partial Regex MemberPattern();
}
