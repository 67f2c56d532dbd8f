using System.Security.Cryptography;
using System.Text;
using LlamaBlazor.Domain.Common;

namespace LlamaBlazor.Domain.Maintenance;

/// <summary>
/// A text that only a pass phrase opens: AES-256-GCM with a key of PBKDF2-HMAC-SHA256 over 16 random bytes of salt. All parts are Base64,
/// so that it can
/// stand in a JSON file.
/// </summary>
/// <param name="Kdf">How the key is made: always <see cref="KnownKdf"/>.</param>
/// <param name="Cipher">How the text is sealed: always <see cref="KnownCipher"/>.</param>
/// <param name="Iterations">Rounds of the key.</param>
/// <param name="Salt">Salt of the key.</param>
/// <param name="Nonce">Nonce of the text.</param>
/// <param name="Tag">What proves that nothing was changed.</param>
/// <param name="Data">The text.</param>
public sealed record SealedText(string Kdf, string Cipher, int Iterations, string Salt, string Nonce, string Tag, string Data)
{
    /// <summary>The way keys are made.</summary>
    public const string KnownKdf = "PBKDF2-HMAC-SHA256";

    /// <summary>The way texts are sealed.</summary>
    public const string KnownCipher = "AES-256-GCM";

    /// <summary>Shortest pass phrase.</summary>
    public const int ShortestPhrase = 8;

    private const int Rounds = 600_000; // OWASP's advice for this function, 2023
    private const int MostRounds = 10_000_000; // a file cannot make us work for minutes
    private const int KeyBytes = 32;
    private const int SaltBytes = 16;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Seals a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="phrase">The pass phrase.</param>
    public static Result<SealedText> Seal(string text, string? phrase)
    {
        if (phrase is null || phrase.Length < ShortestPhrase)
            return Failure.Invalid("passphrase", $"A pass phrase has at least {ShortestPhrase} characters.");
        var (salt, nonce) = (RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(NonceBytes));
        var plain = Encoding.UTF8.GetBytes(text);
        var (data, tag) = (new byte[plain.Length], new byte[TagBytes]);
        using var cipher = new AesGcm(Key(phrase, salt, Rounds), TagBytes);
        cipher.Encrypt(nonce, plain, data, tag);
        return new SealedText(
            KnownKdf,
            KnownCipher,
            Rounds,
            Convert.ToBase64String(salt),
            Convert.ToBase64String(nonce),
            Convert.ToBase64String(tag),
            Convert.ToBase64String(data)
        );
    }

    /// <summary>Opens it. A failure when the pass phrase is another, or something was changed.</summary>
    /// <param name="phrase">The pass phrase.</param>
    public Result<string> Open(string? phrase)
    {
        if (string.IsNullOrEmpty(phrase))
            return Failure.Invalid("passphrase", "The file holds sealed secrets: their pass phrase is needed.");
        if (Kdf != KnownKdf || Cipher != KnownCipher || Iterations is < 1 or > MostRounds)
            return Failure.Invalid("sealed", "The secrets are sealed in a way this program does not know.");
        try
        {
            var data = Convert.FromBase64String(Data);
            var plain = new byte[data.Length];
            using var cipher = new AesGcm(Key(phrase, Convert.FromBase64String(Salt), Iterations), TagBytes);
            cipher.Decrypt(Convert.FromBase64String(Nonce), data, Convert.FromBase64String(Tag), plain);
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return Failure.Invalid("passphrase", "This is not the pass phrase of the file, or the file was changed.");
        }
        catch (Exception error) when (error is FormatException or CryptographicException or ArgumentException)
        {
            return Failure.Invalid("sealed", "The sealed secrets are damaged.");
        }
    }

    private static byte[] Key(string phrase, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(phrase.Normalize(NormalizationForm.FormC), salt, rounds, HashAlgorithmName.SHA256, KeyBytes);
}
