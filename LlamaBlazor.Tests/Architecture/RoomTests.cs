using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LlamaBlazor.Tests.Architecture;

/// <summary>One direction inside of Web: a room names only rooms of floors below its own (docs/architecture.md).</summary>
public sealed partial class RoomTests
{
    private const string Project = "LlamaBlazor.Web";

    [Fact]
    public void Folders_OfTheProject_AreTheRooms()
    {
        var folders = Source
            .Files(Project, "*.cs")
            .Concat(Source.Files(Project, "*.razor"))
            .Select(Source.Relative)
            .Where(file => file.Split(Path.DirectorySeparatorChar).Length > 2)
            .Select(file => file.Split(Path.DirectorySeparatorChar)[1])
            .Distinct();
        Assert.Equal(Rooms.All.Where(room => room != Rooms.Program).Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Code_Names_OnlyRoomsBelow() =>
        Source.AssertNone(
            from pair in References()
            where !Rooms.May(pair.From, pair.To)
            select $"{pair.Type} ({pair.From}) names {pair.Named} of {pair.To}, which is not below"
        );

    [Fact]
    public void Code_IsSeen_InPagesAndInBodies()
    {
        var references = References().ToList();
        // a tag of a page, a service asked for in a lambda, an injected property
        Assert.Contains(
            references,
            pair => pair is { From: "Overview", To: "Proxy" } && pair.Named.EndsWith(".InFlightTable", StringComparison.Ordinal)
        );
        Assert.Contains(
            references,
            pair => pair is { From: "Proxy", To: "Instances" } && pair.Type.EndsWith(".ProxyFeature", StringComparison.Ordinal)
        );
        Assert.Contains(
            references,
            pair => pair is { From: "ModelPages", To: "Instances" } && pair.Type.EndsWith(".BulkBar", StringComparison.Ordinal)
        );
    }

    // What the compiler copies or drops (constants, nameof, links of documentation) needs its namespace all the same.
    [Fact]
    public void Namespaces_AreImported_OnlyFromRoomsBelow() =>
        Source.AssertNone(
            from file in Source.Files(Project, "*.cs").Concat(Source.Files(Project, "*.razor"))
            let room = RoomOf(file)
            from other in file.EndsWith(".cs", StringComparison.Ordinal) ? NamesInCode(file) : NamesInPage(file)
            where !Rooms.May(room, other)
            select $"{Source.Relative(file)} ({room}) names {other}, which is not below"
        );

    private static IEnumerable<(string From, string To, string Type, string Named)> References() =>
        from pair in new CompiledCode(typeof(Web.Program).Assembly).References()
        let rooms = (From: Rooms.Of(pair.From.Namespace), To: Rooms.Of(pair.To.Namespace))
        where rooms.From is not null && rooms.To is not null && rooms.From != rooms.To
        select (rooms.From, rooms.To, pair.From.FullName!, pair.To.FullName!);

    // What stands above all folders is imported by every page, so it is held to the ground floor; the program itself is the roof.
    private static string RoomOf(string file) =>
        Source.Relative(file).Split(Path.DirectorySeparatorChar) is [_, var room, _, ..] ? room
        : file.EndsWith(".razor", StringComparison.Ordinal) ? Rooms.Ground
        : Rooms.Program;

    private static IEnumerable<string> NamesInCode(string file) =>
        Source
            .Syntax(file)
            .DescendantNodes(descendIntoTrivia: true)
            .Where(node => node is NameSyntax or MemberAccessExpressionSyntax && node.Parent is not BaseNamespaceDeclarationSyntax)
            .Select(node => NamePattern().Match(node.ToString()))
            .Where(match => match.Success && match.Index == 0)
            .Select(match => match.Groups[1].Value)
            .Distinct();

    private static IEnumerable<string> NamesInPage(string file) =>
        NamePattern().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).Distinct();

    [GeneratedRegex(@"\bLlamaBlazor\.Web\.([A-Z]\w*)")]
    private static partial Regex NamePattern();
}
