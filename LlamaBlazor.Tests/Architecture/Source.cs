using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LlamaBlazor.Tests.Architecture;

/// <summary>The source tree the tests were built from.</summary>
internal static class Source
{
    /// <summary>Folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Authored files of a project.</summary>
    public static IEnumerable<string> Files(string project, string pattern) =>
        Directory
            .EnumerateFiles(Path.Combine(Root, project), pattern, SearchOption.AllDirectories)
            .Where(file => !Relative(file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "Migrations"));

    /// <summary>Path below the solution.</summary>
    public static string Relative(string file) => Path.GetRelativePath(Root, file);

    /// <summary>A file of code as the compiler reads it.</summary>
    public static SyntaxNode Syntax(string file) => CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot();

    /// <summary>Line a node begins in, from 1.</summary>
    public static int Line(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>Fails with every offence in full.</summary>
    public static void AssertNone(IEnumerable<string> offences)
    {
        var list = offences.ToList();
        Assert.True(list.Count == 0, string.Join(Environment.NewLine, list));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "LlamaBlazor.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests must run inside the repository");
    }
}
