using System.Runtime.CompilerServices;
using Bunit;

namespace LlamaBlazor.Tests.Support;

/// <summary>How long rendered components may take: what is waited for is a condition, not a measure, and builders are slow.</summary>
internal static class RenderPatience
{
    [ModuleInitializer]
    internal static void Set() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(20);
}
