using System.Text.RegularExpressions;
using System.Xml.Linq;
using LlamaBlazor.Domain.Models;

namespace LlamaBlazor.Tests.Architecture;

/// <summary>Tests → Web → Domain → nothing (docs/architecture.md). The rooms inside of Web: <see cref="RoomTests"/>.</summary>
public sealed partial class LayerTests
{
    [Fact]
    public void Domain_References_OnlyTheFramework()
    {
        var project = XDocument.Load(Path.Combine(Source.Root, "LlamaBlazor.Domain", "LlamaBlazor.Domain.csproj"));
        Assert.Empty(project.Descendants("PackageReference"));
        Assert.Empty(project.Descendants("ProjectReference"));
        var foreign = typeof(Model)
            .Assembly.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => !name.StartsWith("System", StringComparison.Ordinal) && name != "netstandard");
        Source.AssertNone(foreign);
    }

    [Fact]
    public void Domain_Touches_NoDiskClockNetworkOrProcess()
    {
        string[] forbidden =
        [
            "File.Open",
            "File.Read",
            "File.Exists",
            "Directory.",
            "Process.",
            "HttpClient",
            "TimeProvider.System",
            "Socket",
            "Console.",
        ];
        var offences =
            from file in Source.Files("LlamaBlazor.Domain", "*.cs")
            let text = File.ReadAllText(file)
            from word in forbidden
            where Regex.IsMatch(text, @"(?<![\w""/.])" + Regex.Escape(word))
            select $"{Source.Relative(file)}: {word}";
        Source.AssertNone(offences);
    }

    /// <summary>Where CA2007 is off (.editorconfig): components need their dispatcher, the others have none to leave.</summary>
    [Fact]
    public void ComponentsRoutesAndTheSimulator_NeverConfigureTheirAwaits()
    {
        var simulator = Path.Combine("LlamaBlazor.Web", "Simulator") + Path.DirectorySeparatorChar;
        var exempt = Source
            .Files("LlamaBlazor.Web", "*")
            .Where(file =>
                file.EndsWith(".razor", StringComparison.Ordinal)
                || file.EndsWith(".razor.cs", StringComparison.Ordinal)
                || file.EndsWith("Endpoints.cs", StringComparison.Ordinal)
                || (Source.Relative(file).StartsWith(simulator, StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
            )
            .ToList();
        Assert.InRange(exempt.Count, 200, 2000);
        Source.AssertNone(exempt.Where(file => File.ReadAllText(file).Contains("ConfigureAwait", StringComparison.Ordinal)));
    }

    [Fact]
    public void Namespaces_Equal_Folders()
    {
        var offences =
            from project in new[] { "LlamaBlazor.Domain", "LlamaBlazor.Web", "LlamaBlazor.Tests" }
            from file in Source.Files(project, "*.cs")
            where !file.EndsWith("Program.cs", StringComparison.Ordinal)
            let declared = NamespacePattern().Match(File.ReadAllText(file)).Groups[1].Value
            let expected = Path.GetDirectoryName(Source.Relative(file))!.Replace(Path.DirectorySeparatorChar, '.')
            where declared.Length > 0 && declared != expected
            select $"{Source.Relative(file)}: {declared}";
        Source.AssertNone(offences);
    }

    [Fact]
    public void Entities_AreUnknown_ToTheDomain() =>
        Assert.DoesNotContain(typeof(Model).Assembly.GetTypes(), type => type.Name.EndsWith("Row", StringComparison.Ordinal));

    [Fact]
    public void ProgramClock_IsNamed_OnlyWhereAProgramIsPutTogether()
    {
        string[] allowed =
        [
            "LlamaBlazor.Web/Cli/",
            "LlamaBlazor.Web/Data/DataFeature.cs", // contexts without a host
            "LlamaBlazor.Web/Shared/ProgramClock.cs",
            "LlamaBlazor.Web/Shell/ShellFeature.cs",
            "LlamaBlazor.Web/Simulator/SimulatorProgram.cs",
        ];
        Source.AssertNone(NamedOutside(allowed, "ProgramClock"));
    }

    [Fact]
    public void PeriodicTimer_IsMade_OnlyByPeriodicWorkAndParts()
    {
        string[] allowed =
        [
            "LlamaBlazor.Web/Shared/PeriodicWork.cs",
            "LlamaBlazor.Web/Activity/RecordingNotice.razor", // parts, which end with their circuit
            "LlamaBlazor.Web/Proxy/InFlightTable.razor.cs",
            "LlamaBlazor.Web/Resources/Pages/MachinePanel.razor.cs",
        ];
        Source.AssertNone(NamedOutside(allowed, "new PeriodicTimer("));
    }

    // those that only read use Database.ReadAsync, which leaves the caller's thread
    [Fact]
    public void Contexts_AreOpened_OnlyInData()
    {
        string[] allowed =
        [
            "LlamaBlazor.Web/Data/",
            "LlamaBlazor.Web/Settings/SavedSettings.cs", // before the first await, under a lock
        ];
        Source.AssertNone(NamedOutside(allowed, ".CreateDbContext"));
    }

    [Fact]
    public void Program_Is_ATableOfContents() =>
        Assert.InRange(File.ReadAllLines(Path.Combine(Source.Root, "LlamaBlazor.Web", "Program.cs")).Length, 1, 90);

    private static IEnumerable<string> NamedOutside(string[] allowed, string words) =>
        from pattern in new[] { "*.cs", "*.razor" }
        from file in Source.Files("LlamaBlazor.Web", pattern)
        let name = Source.Relative(file).Replace(Path.DirectorySeparatorChar, '/')
        where !allowed.Any(place => name.StartsWith(place, StringComparison.Ordinal))
        where File.ReadAllText(file).Contains(words, StringComparison.Ordinal)
        select name;

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespacePattern();
}
