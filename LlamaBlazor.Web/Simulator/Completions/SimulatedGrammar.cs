using System.Text;

namespace LlamaBlazor.Web.Simulator.Completions;

/// <summary>
/// Writes a text that a grammar accepts (GBNF, and the simple part of regular expressions): of several choices the flattest, repeated as
/// little as allowed.
/// </summary>
internal sealed class SimulatedGrammar
{
    private const int MaxLength = 20_000; // repeats of repeats multiply

    private readonly Dictionary<string, GrammarNode> _rules;
    private readonly Dictionary<string, int> _depths = [];
    private readonly StringBuilder _text = new();

    private SimulatedGrammar(Dictionary<string, GrammarNode> rules) => _rules = rules;

    /// <summary>A text by a grammar, or null when the grammar cannot be read.</summary>
    /// <param name="grammar">GBNF with a rule named root.</param>
    public static string? Write(string grammar)
    {
        var rules = GrammarReader.ReadRules(grammar);
        return rules is null || !rules.ContainsKey("root") ? null : new SimulatedGrammar(rules).Run(new GrammarNode.Rule("root"));
    }

    /// <summary>A text by a regular expression, or null when it uses more than this reads.</summary>
    public static string? WritePattern(string pattern) =>
        GrammarReader.ReadPattern(pattern) is { } node ? new SimulatedGrammar([]).Run(node) : null;

    private string? Run(GrammarNode start)
    {
        // How deep each rule goes at least: those that only lead back to themselves never get a depth.
        for (var changed = true; changed; )
        {
            changed = false;
            foreach (var (name, rule) in _rules)
            {
                if (DepthOf(rule) is { } depth && _depths.TryAdd(name, depth + 1))
                    changed = true;
            }
        }

        if (DepthOf(start) is null)
            return null;
        Append(start);
        return _text.ToString();
    }

    private int? DepthOf(GrammarNode node) =>
        node switch
        {
            GrammarNode.Rule(var name) => _depths.TryGetValue(name, out var depth) ? depth : null,
            GrammarNode.Choice(var items) => items.Select(DepthOf).Min(),
            GrammarNode.Sequence { Items.Count: 0 } => 0,
            GrammarNode.Sequence(var items) => items.Select(DepthOf) is var depths && depths.Contains(null) ? null : depths.Max(),
            GrammarNode.Repeat(_, 0) => 0,
            GrammarNode.Repeat(var item, _) => DepthOf(item),
            _ => 0,
        };

    private void Append(GrammarNode node)
    {
        switch (node)
        {
            case GrammarNode.Literal(var text) when _text.Length < MaxLength:
                _text.Append(text);
                break;
            case GrammarNode.Rule(var name):
                Append(_rules[name]);
                break;
            case GrammarNode.Choice(var items):
                Append(items.Where(item => DepthOf(item) is not null).MinBy(item => DepthOf(item))!);
                break;
            case GrammarNode.Sequence(var items):
                foreach (var item in items)
                    Append(item);
                break;
            case GrammarNode.Repeat(var item, var least):
                for (var i = 0; i < least && _text.Length < MaxLength; i++)
                    Append(item);
                break;
        }
    }
}

/// <summary>A part of a grammar.</summary>
internal abstract record GrammarNode
{
    /// <summary>These very letters; of a class of letters, one that it allows.</summary>
    public sealed record Literal(string Text) : GrammarNode;

    /// <summary>Another rule.</summary>
    public sealed record Rule(string Name) : GrammarNode;

    /// <summary>One of several.</summary>
    public sealed record Choice(IReadOnlyList<GrammarNode> Items) : GrammarNode;

    /// <summary>One after the other.</summary>
    public sealed record Sequence(IReadOnlyList<GrammarNode> Items) : GrammarNode;

    /// <summary>At least so many times.</summary>
    public sealed record Repeat(GrammarNode Item, int Least) : GrammarNode;
}
