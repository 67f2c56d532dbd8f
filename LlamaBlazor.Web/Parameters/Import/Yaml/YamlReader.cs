using LlamaBlazor.Domain.Common;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LlamaBlazor.Web.Parameters.Import.Yaml;

/// <summary>
/// Reads a YAML file of somebody else from the parser's events, so that each bound is checked before anything grows: depth, nodes, aliases
/// written out
/// (a billion laughs), scalars and time. The parser's own tree recurses without bound and hashes its keys, which ends the process.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Levels inside each other, also through aliases.</summary>
    public const int MaxDepth = 64;

    /// <summary>Nodes of a file.</summary>
    public const int MaxNodes = 50_000;

    /// <summary>Nodes with aliases written out.</summary>
    public const int MaxWeight = 200_000;

    /// <summary>Characters of one scalar.</summary>
    public const int MaxScalar = 256_000;

    /// <summary>Documents of a file.</summary>
    public const int MaxDocuments = 100;

    private const string Merge = "<<";
    private const string MergeTag = "tag:yaml.org,2002:merge";
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, YamlValue> _anchors = new(StringComparer.Ordinal); // at most one a node
    private readonly string[] _lines;
    private readonly Parser _parser;
    private readonly CancellationToken _cancellation;
    private readonly TimeProvider _clock;
    private readonly long _started;
    private int _nodes;
    private long _weight;

    private YamlReader(string text, TimeProvider clock, CancellationToken cancellation)
    {
        (_clock, _started) = (clock, clock.GetTimestamp());
        text = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        (_lines, _parser, _cancellation) = (text.Split('\n'), new Parser(new StringReader(text)), cancellation);
    }

    /// <summary>The documents of a file, which share its bounds; invalid with the line where one is wrong or beyond a bound.</summary>
    /// <param name="text">The file.</param>
    /// <param name="clock">Measures how long it takes.</param>
    /// <param name="cancellation">Gives up.</param>
    public static Result<List<YamlValue>> Read(string text, TimeProvider clock, CancellationToken cancellation = default)
    {
        var reader = new YamlReader(text, clock, cancellation);
        try
        {
            reader.Next<StreamStart>();
            if (reader._parser.Current is StreamEnd)
                return Failure.Invalid("text", "The file is empty.");
            var documents = new List<YamlValue>();
            while (reader._parser.Current is not StreamEnd)
            {
                if (documents.Count == MaxDocuments)
                    throw reader.Refuse($"It has more than {MaxDocuments} documents.");
                documents.Add(reader.ReadDocument());
            }

            return documents;
        }
        catch (YamlException error)
        {
            return Failure.Invalid(
                "text",
                $"This is not YAML that can be read: line {error.Start.Line}, column {error.Start.Column}. {Words(error)}"
            );
        }
        catch (Exception error)
            when (error
                    is ArgumentException
                        or InvalidOperationException
                        or FormatException
                        or IndexOutOfRangeException
                        or OverflowException
            )
        {
            // What the scanner throws at bytes it did not expect.
            return Failure.Invalid("text", $"This is not YAML that can be read. {error.Message}");
        }
    }

    private static string Words(YamlException error) => error.Message.Length <= 300 ? error.Message : error.Message[..300];

    private void Next<T>()
        where T : ParsingEvent
    {
        if (_parser.Current is null && !_parser.MoveNext())
            throw new YamlException("The file ends too early.");
        if (_parser.Current is not T)
            throw Refuse("Something else was expected here.");
        _parser.MoveNext();
    }

    private YamlValue ReadDocument()
    {
        _anchors.Clear(); // a document knows no names of another
        Next<DocumentStart>();
        var value = Read(1);
        Next<DocumentEnd>();
        return value;
    }

    private YamlValue Read(int depth)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (depth > MaxDepth)
            throw Refuse($"It is nested deeper than {MaxDepth} levels.");
        if (++_nodes > MaxNodes)
            throw Refuse($"It has more than {MaxNodes:N0} values.");
        if (_clock.GetElapsedTime(_started) > TimeLimit)
            throw Refuse($"Reading it takes more than {TimeLimit.TotalSeconds:N0} seconds.");
        var (anchor, value) = _parser.Current switch
        {
            Scalar scalar => (scalar.Anchor, ReadText(scalar)),
            SequenceStart start => (start.Anchor, ReadList(depth)),
            MappingStart start => (start.Anchor, ReadMap(depth)),
            AnchorAlias alias => (AnchorName.Empty, Resolve(alias, depth)),
            _ => throw Refuse("A value was expected here."),
        };
        if (!anchor.IsEmpty)
            _anchors[anchor.Value] = value; // only now: inside of itself it is not known, so there are no circles
        return value;
    }

    private YamlText ReadText(Scalar scalar)
    {
        if (scalar.Value.Length > MaxScalar)
            throw Refuse($"A text of it has more than {MaxScalar:N0} characters.");
        var lines = scalar.Style == ScalarStyle.Folded ? Unfold(scalar) : scalar.Value;
        _parser.MoveNext();
        return new YamlText(scalar.Value, lines) { IsPlain = scalar.Style == ScalarStyle.Plain };
    }

    // Folding makes one line of several, in which a comment of a shell would swallow what stands behind it.
    private string Unfold(Scalar scalar)
    {
        var first = (int)scalar.Start.Line;
        // The end is marked on the line behind, but not at the end of the file.
        foreach (var last in new[] { (int)scalar.End.Line - 1, (int)scalar.End.Line })
        {
            if (first >= last || last > _lines.Length)
                continue;
            var lines = _lines[first..last].Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
            if (Words(string.Join(' ', lines)).SequenceEqual(Words(scalar.Value)))
                return string.Join('\n', lines);
        }

        return scalar.Value;
    }

    private static string[] Words(string text) => text.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private YamlList ReadList(int depth)
    {
        _parser.MoveNext();
        var items = new List<YamlValue>();
        while (_parser.Current is not SequenceEnd)
            items.Add(Read(depth + 1));
        _parser.MoveNext();
        return new YamlList(items);
    }

    private YamlMap ReadMap(int depth)
    {
        _parser.MoveNext();
        var pairs = new List<KeyValuePair<string, YamlValue>>();
        var merged = new List<YamlMap>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (_parser.Current is not MappingEnd)
        {
            if (_parser.Current is not Scalar key)
                throw Refuse("A key must be a text, not an alias, a list or a mapping.");
            var name = ReadText(key).Text;
            var value = Read(depth + 1);
            if (name == Merge && (key.Style == ScalarStyle.Plain || key.Tag == MergeTag))
                merged.AddRange(Merged(value));
            else if (names.Add(name))
                pairs.Add(new KeyValuePair<string, YamlValue>(name, value));
            else
                throw Refuse($"The key '{(name.Length <= 60 ? name : name[..60] + "…")}' stands twice.");
        }

        _parser.MoveNext();
        // Its own first, then the first that says it.
        pairs.AddRange(merged.SelectMany(map => map.Pairs).Where(pair => names.Add(pair.Key)));
        return new YamlMap(pairs);
    }

    private IEnumerable<YamlMap> Merged(YamlValue value) =>
        value switch
        {
            YamlMap map => [map],
            YamlList list when list.Items.All(item => item is YamlMap) => list.Items.Cast<YamlMap>(),
            _ => throw Refuse("'<<' takes a mapping, or a list of mappings."),
        };

    private YamlValue Resolve(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var value))
            throw Refuse($"The alias '*{alias.Value.Value}' names nothing that ended before it.");
        if (depth + value.Height > MaxDepth)
            throw Refuse($"With its aliases it is nested deeper than {MaxDepth} levels.");
        _weight += value.Weight;
        if (_weight > MaxWeight)
            throw Refuse($"With its aliases it has more than {MaxWeight:N0} values.");
        _parser.MoveNext();
        return value;
    }

    private YamlException Refuse(string message) =>
        _parser.Current is { } at ? new YamlException(at.Start, at.End, message) : new YamlException(message);
}
