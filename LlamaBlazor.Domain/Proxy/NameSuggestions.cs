namespace LlamaBlazor.Domain.Proxy;

/// <summary>Finds names that a mistyped one may have meant.</summary>
public static class NameSuggestions
{
    private const int LongestCompared = 128;
    private const int ShortestBeginning = 5;

    /// <summary>The closest names, best first: those that contain it or are contained in it, then those a few letters away.</summary>
    /// <param name="name">What was asked for.</param>
    /// <param name="candidates">What there is.</param>
    /// <param name="count">Most names to return.</param>
    public static IReadOnlyList<string> Closest(string name, IEnumerable<string> candidates, int count = 3)
    {
        var wanted = Normal(name);
        if (wanted.Length == 0)
            return [];
        var limit = Math.Max(3, wanted.Length / 3);
        var plain = Normal(name[(name.LastIndexOf('/') + 1)..]); // without its owner
        return
        [
            .. candidates
                .Select(candidate =>
                    (
                        Name: candidate,
                        Distance: Math.Min(
                            Distance(wanted, Normal(candidate)),
                            plain.Length == 0 ? int.MaxValue : Distance(plain, Normal(candidate))
                        )
                    )
                )
                .Where(pair => pair.Distance <= limit)
                .OrderBy(pair => pair.Distance)
                .ThenBy(pair => pair.Name, StringComparer.OrdinalIgnoreCase)
                .Take(count)
                .Select(pair => pair.Name),
        ];
    }

    private static string Normal(string name)
    {
        var text = name.Length > LongestCompared ? name[..LongestCompared] : name;
        return string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
    }

    // Containment counts as nearly equal, and so does a beginning that is: people leave out the quantisation or the owner.
    private static int Distance(string a, string b)
    {
        if (a == b)
            return 0;
        if (a.Length >= 3 && b.Length >= 3 && (b.Contains(a, StringComparison.Ordinal) || a.Contains(b, StringComparison.Ordinal)))
            return 1;
        var edits = Edits(a, b);
        var beginning = a.Length >= ShortestBeginning ? edits.Min() + 1 : int.MaxValue; // of all beginnings of b
        return Math.Min(edits[b.Length], beginning) + 1;
    }

    // Letters to change, add or leave out to get from a to each beginning of b (Levenshtein).
    private static int[] Edits(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        var current = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            (previous, current) = (current, previous);
        }

        return previous;
    }
}
