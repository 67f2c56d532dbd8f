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
    private readonly Lock _gate = new();
    private string? _secret;
    private bool _isKept; // in the file

    /// <summary>What commands, and the dashboard itself, show to the API, in the form of a key. Of this run alone: who listens at its
    /// address later can use it nowhere.</summary>
    public string ForCommands => ForSession(Secret(), folder.Session);

    /// <summary>What the pages carry, in a cookie.</summary>
    public string ForPages => Derive("page");

    /// <summary>A word made of the secret for one purpose: 32 characters, a to f and digits.</summary>
    public string Derive(string purpose) => Derive(Secret(), purpose);

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

    private string Secret()
    {
        lock (_gate)
        {
            if (!_isKept)
                (_secret, _isKept) = ReadOrMake(PathIn(folder.Root), _secret);
            return _secret!;
        }
    }

    // A disk that is full or away takes no page away: the secret is in memory until there is room for it, and no command signs in
    // meanwhile.
    private static (string Secret, bool IsKept) ReadOrMake(string path, string? made)
    {
        var secret = made;
        try
        {
            if (made is null && File.Exists(path) && File.ReadAllText(path).Trim() is { Length: >= 32 } kept)
                return (kept, true);
            secret ??= KeySecret.Create();
            using (var file = PrivateFile.Create(path))
                file.Write(Encoding.UTF8.GetBytes(secret));
            return (secret, true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (secret ?? KeySecret.Create(), false);
        }
    }
}
