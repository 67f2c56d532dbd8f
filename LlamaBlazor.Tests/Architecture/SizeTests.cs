using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LlamaBlazor.Tests.Architecture;

/// <summary>Files, methods and lines a person reads in one sitting.</summary>
public sealed class SizeTests
{
    private const int Width = 140;
    private const int LongText = 60; // a shorter one has a place on a line of its own

    private static readonly string[] Projects = ["LlamaBlazor.Domain", "LlamaBlazor.Web", "LlamaBlazor.Tests"];

    [Fact]
    public void CodeFiles_Have_AtMost400Lines() => Source.AssertNone(LongerThan("*.cs", 400));

    [Fact]
    public void RazorFiles_Have_AtMost200Lines() => Source.AssertNone(LongerThan("*.razor", 200));

    [Fact]
    public void CodeLines_Have_AtMost140Columns()
    {
        var offences =
            from project in Projects
            from file in Source.Files(project, "*.cs")
            let lines = File.ReadAllLines(file)
            where lines.Any(line => line.Length > Width)
            let excused = LinesOfRawText(file)
            from number in Enumerable.Range(0, lines.Length)
            where lines[number].Length > Width && !excused.Contains(number)
            select $"{Source.Relative(file)}:{number + 1} has {lines[number].Length} columns";
        Source.AssertNone(offences);
    }

    [Fact]
    public void RazorLines_Have_AtMost140Columns()
    {
        var offences =
            from file in Source.Files("LlamaBlazor.Web", "*.razor")
            from line in File.ReadLines(file).Select((text, number) => (text, number))
            where line.text.Length > Width
            select $"{Source.Relative(file)}:{line.number + 1} has {line.text.Length} columns";
        Source.AssertNone(offences);
    }

    [Fact]
    public void Members_Have_AtMost30Statements()
    {
        var offences =
            from project in Projects[..2]
            from file in Source.Files(project, "*.cs")
            from member in Source.Syntax(file).DescendantNodes().OfType<MemberDeclarationSyntax>()
            where member is BaseMethodDeclarationSyntax or BasePropertyDeclarationSyntax or FieldDeclarationSyntax
            let count = Statements(member)
            where count > 30
            select $"{Source.Relative(file)}:{Source.Line(member)} has {count} statements";
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

    [Fact]
    public void Classes_AreGiven_AtMost7Services()
    {
        var offences =
            from file in Source.Files("LlamaBlazor.Web", "*.cs")
            from type in Source.Syntax(file).DescendantNodes().OfType<ClassDeclarationSyntax>()
            from parameters in ParametersOf(type)
            let count = parameters.Parameters.Count(IsService)
            where count > 7
            select $"{Source.Relative(file)}: {type.Identifier.ValueText} is given {count}";
        Source.AssertNone(offences);
    }

    private static IEnumerable<ParameterListSyntax> ParametersOf(ClassDeclarationSyntax type) =>
        type
            .Members.OfType<ConstructorDeclarationSyntax>()
            .Select(constructor => constructor.ParameterList)
            .Append(type.ParameterList!)
            .Where(parameters => parameters is not null);

    // Options are what is set, not what works.
    private static bool IsService(ParameterSyntax parameter) =>
        parameter.Type?.ToString() is { } type
        && !type.EndsWith("Options", StringComparison.Ordinal)
        && !type.StartsWith("IOptions", StringComparison.Ordinal);

    private static IEnumerable<string> LongerThan(string pattern, int limit) =>
        from project in Projects
        from file in Source.Files(project, pattern)
        let lines = File.ReadLines(file).Count()
        where lines > limit
        select $"{Source.Relative(file)} has {lines} lines";

    // Those of lambdas and local functions included; a block is none of its own.
    private static int Statements(SyntaxNode member) =>
        member.DescendantNodes().Count(node => node is StatementSyntax and not (BlockSyntax or LocalFunctionStatementSyntax));

    // A text that must be in one line as it stands: of several lines, an expression of a pattern, or one without a blank to break at.
    private static HashSet<int> LinesOfRawText(string file)
    {
        var lines = new HashSet<int>();
        foreach (var token in Source.Syntax(file).DescendantTokens())
        {
            var span = token.SyntaxTree!.GetLineSpan(token.Span);
            if (
                IsText(token)
                && (span.EndLinePosition.Line > span.StartLinePosition.Line || (IsWhole(token) && token.Span.Length > LongText))
            )
                lines.UnionWith(Enumerable.Range(span.StartLinePosition.Line, span.EndLinePosition.Line - span.StartLinePosition.Line + 1));
        }

        return lines;
    }

    private static bool IsText(SyntaxToken token) =>
        token.Kind()
            is SyntaxKind.StringLiteralToken
                or SyntaxKind.Utf8StringLiteralToken
                or SyntaxKind.InterpolatedStringTextToken
                or SyntaxKind.SingleLineRawStringLiteralToken
                or SyntaxKind.MultiLineRawStringLiteralToken
                or SyntaxKind.Utf8SingleLineRawStringLiteralToken
                or SyntaxKind.Utf8MultiLineRawStringLiteralToken;

    private static bool IsWhole(SyntaxToken token) =>
        token.Text.StartsWith('@') || token.Text.StartsWith("\"\"\"", StringComparison.Ordinal) || !token.Text.Contains(' ');
}
