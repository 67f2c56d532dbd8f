using System.Text;

namespace LlamaBlazor.Domain.Logs;

/// <summary>A run of text in one style.</summary>
/// <param name="Text">The text.</param>
/// <param name="Colour">red, green, yellow, blue, magenta, cyan, grey, or null.</param>
/// <param name="Bold">True for bold.</param>
public readonly record struct AnsiRun(string Text, string? Colour, bool Bold);

/// <summary>Terminal text with escape sequences (ECMA-48). Colours of SGR are understood, every other sequence is removed.</summary>
public static class AnsiText
{
    private const char Escape = '\u001b';
    private static readonly string?[] Colours = ["grey", "red", "green", "yellow", "blue", "magenta", "cyan", null];

    /// <summary>The text alone; control characters but tab are removed too.</summary>
    /// <param name="text">Terminal text.</param>
    public static string Strip(string text) => NeedsWork(text) ? string.Concat(Parse(text).Select(run => run.Text)) : text;

    /// <summary>The text in runs of one style each.</summary>
    /// <param name="text">Terminal text.</param>
    public static IReadOnlyList<AnsiRun> Parse(string text)
    {
        var runs = new List<AnsiRun>();
        var plain = new StringBuilder();
        string? colour = null;
        var bold = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != Escape)
            {
                if (text[i] == '\t' || !char.IsControl(text[i]))
                    plain.Append(text[i]);
                continue;
            }

            var end = EndOfSequence(text, i);
            if (end < text.Length && text[end] == 'm')
            {
                Flush();
                Apply(text.AsSpan(i + 2, end - i - 2), ref colour, ref bold);
            }

            i = end;
        }

        Flush();
        return runs;

        void Flush()
        {
            if (plain.Length > 0)
                runs.Add(new AnsiRun(plain.ToString(), colour, bold));
            plain.Clear();
        }
    }

    private static bool NeedsWork(string text) =>
        text.AsSpan().ContainsAnyInRange('\0', '\u001f') || text.Contains('\u007f', StringComparison.Ordinal);

    // Index of the last character: of CSI the first one from @ to ~, of OSC the bell or ESC \, of others the next one.
    private static int EndOfSequence(string text, int start)
    {
        var i = start + 1;
        if (i >= text.Length)
            return start;
        switch (text[i])
        {
            case '[':
                for (i++; i < text.Length && text[i] is < '@' or > '~'; i++) { }

                return i;
            case ']':
                for (i++; i < text.Length && text[i] != '\a' && !(text[i] == '\\' && text[i - 1] == Escape); i++) { }

                return i;
            default:
                return i;
        }
    }

    private static void Apply(ReadOnlySpan<char> codes, ref string? colour, ref bool bold)
    {
        var skip = 0; // numbers that belong to the code before
        var extended = false;
        foreach (var range in codes.Split(';'))
        {
            var code =
                codes[range].IsEmpty ? 0
                : int.TryParse(codes[range], out var number) ? number
                : -1;
            if (extended)
                (extended, skip, code) = (
                    false,
                    code switch
                    {
                        5 => 1,
                        2 => 3,
                        _ => 0,
                    },
                    -1
                );
            else if (skip-- > 0)
                continue;
            switch (code)
            {
                case 38 or 48: // 38;5;N and 38;2;R;G;B name one colour of many, which a log does without
                    (extended, skip) = (true, 0);
                    break;
                case 0:
                    (colour, bold) = (null, false);
                    break;
                case 1:
                    bold = true;
                    break;
                case 22:
                    bold = false;
                    break;
                case 39:
                    colour = null;
                    break;
                case >= 30 and <= 37:
                    colour = Colours[code - 30];
                    break;
                case >= 90 and <= 97:
                    colour = Colours[code - 90];
                    break;
            }
        }
    }
}
