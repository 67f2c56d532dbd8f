using System.Globalization;

namespace LlamaBlazor.Domain.Resources;

/// <summary>Device names as llama.cpp lists them: a backend and a number, such as CUDA0 or Vulkan1.</summary>
public static class GpuNames
{
    private static readonly char[] Digits = [.. "0123456789"];

    /// <summary>The numbers of devices that have one; none for null.</summary>
    public static IReadOnlyList<int> Numbers(IReadOnlyList<string>? names) => [.. (names ?? []).Select(Number).OfType<int>()];

    /// <summary>The same devices as one sees them who sees no others: each backend counted from zero.</summary>
    public static IReadOnlyList<string> Renumber(IReadOnlyList<string> names)
    {
        var seen = new Dictionary<string, int>();
        return
        [
            .. names.Select(name =>
            {
                var backend = name.TrimEnd(Digits);
                var next = seen.GetValueOrDefault(backend);
                seen[backend] = next + 1;
                return Number(name) is null ? name : backend + next.ToString(CultureInfo.InvariantCulture);
            }),
        ];
    }

    private static int? Number(string name) =>
        int.TryParse(name.AsSpan(name.TrimEnd(Digits).Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
