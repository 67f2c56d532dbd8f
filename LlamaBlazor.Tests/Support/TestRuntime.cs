using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace LlamaBlazor.Tests.Support;

/// <summary>bUnit asks for a newer AngleSharp.Diffing than restores; the older one has everything it calls
/// (docs/adr/001-packages.md).</summary>
internal static class TestRuntime
{
    private const string Diffing = "AngleSharp.Diffing";

    [ModuleInitializer]
    internal static void Load() =>
        AssemblyLoadContext.Default.Resolving += static (context, name) =>
            name.Name == Diffing ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, Diffing + ".dll")) : null;
}
