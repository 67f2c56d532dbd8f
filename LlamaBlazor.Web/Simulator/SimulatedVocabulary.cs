using System.Text;

namespace LlamaBlazor.Web.Simulator;

/// <summary>
/// Numbers for the words of the simulated engine: the same word has the same number as long as it runs, and a number leads back to its
/// word. When all numbers are taken, a word is cut into its bytes, each with a number of its own.
/// </summary>
internal static class SimulatedVocabulary
{
    /// <summary>Tokens there are.</summary>
    public const int Count = 32_000;

    /// <summary>The token that begins a text.</summary>
    public const int Begin = 1;

    private const int LongestWord = 64; // letters; what is longer is no word
    private const int FirstByte = 3;
    private const int FirstWord = FirstByte + 256;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, int> Numbers = [];
    private static readonly List<string> Words = [];

    /// <summary>Tokens of a text.</summary>
    public static List<int> Tokens(string text)
    {
        lock (Gate)
            return [.. SimulatedText.Split(text).SelectMany(Numbered)];
    }

    /// <summary>The number of one token, the first where it has several.</summary>
    public static int Token(string word)
    {
        lock (Gate)
            return Numbered(word).FirstOrDefault();
    }

    /// <summary>True for a number that a token can have.</summary>
    public static bool Knows(int token) => token is >= 0 and < Count;

    /// <summary>The text of tokens; numbers that no word has are left out.</summary>
    public static string Text(IEnumerable<int> tokens)
    {
        using var bytes = new MemoryStream();
        lock (Gate)
        {
            foreach (var token in tokens)
            {
                if (token >= FirstWord && token - FirstWord < Words.Count)
                    bytes.Write(Encoding.UTF8.GetBytes(Words[token - FirstWord]));
                else if (token is >= FirstByte and < FirstWord)
                    bytes.WriteByte((byte)(token - FirstByte));
            }
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static IEnumerable<int> Numbered(string word)
    {
        if (Numbers.TryGetValue(word, out var number))
            return [number];
        if (FirstWord + Words.Count >= Count || word.Length > LongestWord)
            return Encoding.UTF8.GetBytes(word).Select(one => one + FirstByte);
        number = FirstWord + Words.Count;
        Words.Add(word);
        Numbers[word] = number;
        return [number];
    }
}
