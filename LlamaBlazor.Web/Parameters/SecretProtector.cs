using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace LlamaBlazor.Web.Parameters;

/// <summary>Keeps tokens and keys unreadable in the database and its backups. The keys that open them are in the data folder, apart from both.</summary>
internal sealed class SecretProtector(IDataProtectionProvider provider)
{
    private const string Prefix = "protected:";
    private readonly IDataProtector _protector = provider.CreateProtector("LlamaBlazor.Parameters");

    /// <summary>The text to store.</summary>
    public string Protect(string secret) => Prefix + _protector.Protect(secret);

    /// <summary>The secret, or null when the key that protects it is gone. A text stored in the clear by an import is the secret itself.</summary>
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
