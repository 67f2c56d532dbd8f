using System.Security.Cryptography;
using System.Text;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Data;

namespace LlamaBlazor.Web.Security;

/// <summary>
/// The dashboard's own secret, in a file that its user alone can read. Commands and pages show what is made of it, and are let in once API
/// keys exist; the secret itself goes nowhere. It is no log-in: who may open a page on this machine gets what the page carries.
/// </summary>
internal sealed class DashboardPass(DataFolder folder)
{
    private const string FileName = "dashboard-pass";
    private readonly Lazy<string> _secret = new(() => ReadOrMake(PathIn(folder.Root)));

    /// <summary>What commands, and the dashboard itself, show to the API, in the form of a key. Of this run alone: who listens at its
    /// address later can use it nowhere.</summary>
    public string ForCommands => ForSession(_secret.Value, folder.Session);

    /// <summary>What the pages carry, in a cookie.</summary>
    public string ForPages => Derive("page");

    /// <summary>A word made of the secret for one purpose: 32 characters, a to f and digits.</summary>
    public string Derive(string purpose) => Derive(_secret.Value, purpose);

    /// <summary>What a command shows to the dashboard that runs, or null where this user may not read the secret.</summary>
    /// <param name="root">The data folder.</param>
    /// <param name="session">The run.</param>
    public static string? Find(string root, string session)
    {
        try
        {
            return File.ReadAllText(PathIn(root)).Trim() is { Length: > 0 } secret ? ForSession(secret, session) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string ForSession(string secret, string session) => KeySecret.Prefix + Derive(secret, "session " + session);

    private static string Derive(string secret, string purpose) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(purpose)))[..32];

    private static string PathIn(string root) => Path.Combine(root, "keys", FileName);

    private static string ReadOrMake(string path)
    {
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: >= 32 } kept)
            return kept;
        var secret = KeySecret.Create();
        using var file = PrivateFile.Create(path);
        file.Write(Encoding.UTF8.GetBytes(secret));
        return secret;
    }
}
