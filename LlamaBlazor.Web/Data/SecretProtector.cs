using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.DataProtection;

namespace LlamaBlazor.Web.Data;

/// <summary>Keeps tokens and keys unreadable in the database and its backups. The keys that open them are in the data folder, apart from
/// both.</summary>
internal sealed partial class SecretProtector(IDataProtectionProvider provider)
{
    /// <summary>The name that keys of data protection belong to: with another one, stored secrets are unreadable.</summary>
    public const string Application = "LlamaBlazor";

    private const string Prefix = "protected:";
    private readonly IDataProtector _protector = provider.CreateProtector("LlamaBlazor.Parameters");

    /// <summary>With the keys of a folder, where no dashboard runs.</summary>
    public static SecretProtector OfFolder(string keys) =>
        new(DataProtectionProvider.Create(new DirectoryInfo(keys), options => options.SetApplicationName(Application)));

    /// <summary>A protected secret, wherever it stands in a text.</summary>
    [GeneratedRegex(Prefix + "[A-Za-z0-9_-]+", RegexOptions.CultureInvariant)]
    public static partial Regex Stored();

    /// <summary>The text to store.</summary>
    public string Protect(string secret) => Prefix + _protector.Protect(secret);

    /// <summary>The secret, or null when the key that protects it is gone. A text stored in the clear by an import is the secret
    /// itself.</summary>
    public string? Unprotect(string stored)
    {
        if (!stored.StartsWith(Prefix, StringComparison.Ordinal))
            return stored;
        try
        {
            return _protector.Unprotect(stored[Prefix.Length..]);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
