using System.Text;

namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// A command that stands in a configuration file: several lines are one command, and its comments are taken away before anything is put
/// in.
/// </summary>
public static class CommandText
{
    /// <summary>The text without its comments.</summary>
    /// <param name="text">A command over several lines.</param>
    /// <param name="comments">Takes the flags that comments name, without their values.</param>
    public static string WithoutComments(string text, ICollection<IgnoredFlag> comments)
    {
        if (!text.Contains('#'))
            return text;
        var kept = new StringBuilder(text.Length);
        var quote = '\0';
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (quote == '\0' && c == '#' && (at == 0 || char.IsWhiteSpace(text[at - 1])))
            {
                var end = text.IndexOf('\n', at) is >= 0 and var line ? line : text.Length;
                var comment = " " + text[(at + 1)..end];
                if (ScriptReport.HoldsFlag(comment))
                    comments.Add(new IgnoredFlag(ScriptReport.Flags(comment), "It stands in a comment."));
                at = end - 1;
                continue;
            }

            if (quote == '\0' && c is '"' or '\'')
                quote = c;
            else if (c == quote && (c == '\'' || text[at - 1] != '\\'))
                quote = '\0';
            kept.Append(c);
        }

        return kept.ToString();
    }
}
