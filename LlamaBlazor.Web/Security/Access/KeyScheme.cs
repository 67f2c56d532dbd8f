using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Security.Keys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LlamaBlazor.Web.Security.Access;

/// <summary>The authentication scheme of keys: who asks, by the key it shows, the pass of a page, or as a program of this machine where
/// no key was made. <see cref="KeyAccess"/> knows them. It logs nothing: a stranger must not fill the log by asking.</summary>
internal sealed class KeyScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    UrlEncoder encoder,
    KeyAccess access,
    DatabaseState database
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, NullLoggerFactory.Instance, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public const string Name = "Key";

    private const string ScopeClaim = "scope";
    private const string ThisMachine = "this machine";

    /// <summary>Whether a caller may do what a scope names.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="scope">A word of <see cref="Scope"/>.</param>
    public static bool May(ClaimsPrincipal caller, string scope) =>
        caller.HasClaim(claim => claim.Type == ScopeClaim && (claim.Value == scope || claim.Value == Scope.Admin));

    /// <summary>Id of the key of a caller; 0 for the dashboard's own, null for who shows none.</summary>
    /// <param name="caller">Who asks.</param>
    public static long? KeyIdOf(ClaimsPrincipal caller) =>
        long.TryParse(caller.FindFirstValue(ClaimTypes.NameIdentifier), CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (AccessRules.IsForAll(Context))
            return AuthenticateResult.NoResult();
        // Keys are in the database: until it can be read there is nothing to ask for, and what it would have guarded is not there either.
        var check = database.IsReady ? await access.IdentifyAsync(Context).ConfigureAwait(false) : new(KeyVerdict.Allowed);
        return check.Verdict == KeyVerdict.Allowed
            ? AuthenticateResult.Success(new(new(IdentityOf(check.Key)), Name))
            : AuthenticateResult.Fail(check.Message);
    }

    private static ClaimsIdentity IdentityOf(ApiKey? key)
    {
        if (key is null)
            return new([new(ClaimTypes.Name, ThisMachine), new(ScopeClaim, Scope.Admin)], Name);
        var id = key.Id.ToString(CultureInfo.InvariantCulture);
        return new(
            [
                new(ClaimTypes.NameIdentifier, id),
                new(ClaimTypes.Name, key.Name),
                .. key.Scopes.Select(scope => new Claim(ScopeClaim, scope)),
            ],
            Name
        );
    }
}
