using System.Security.Claims;
using LlamaBlazor.Web.Security.Keys;
using Microsoft.AspNetCore.Authorization;

namespace LlamaBlazor.Web.Security.Access;

/// <summary>A caller needs a scope.</summary>
/// <param name="scope">The scope; null for that of <see cref="AccessRules.FallbackScopeOf"/>.</param>
internal sealed class ScopeRequirement(string? scope) : IAuthorizationRequirement
{
    /// <summary>The scope that a request needs; null where everybody may ask.</summary>
    /// <param name="context">The request.</param>
    public string? ScopeFor(HttpContext context) => scope ?? AccessRules.FallbackScopeOf(context);
}

/// <summary>Judges whether a caller has the scope, and notes that its key was used.</summary>
internal sealed class ScopeHandler(KeyStore keys) : AuthorizationHandler<ScopeRequirement>
{
    /// <inheritdoc/>
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (context.Resource is HttpContext http && IsMet(http, context.User, requirement))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    private bool IsMet(HttpContext http, ClaimsPrincipal caller, ScopeRequirement requirement)
    {
        if (AccessTable.IsOfAnEngine(http.Request) || requirement.ScopeFor(http) is not { } scope)
            return true;
        if (!KeyScheme.May(caller, scope))
            return false;
        if (KeyScheme.KeyIdOf(caller) is { } id)
            keys.NoteUse(id);
        return true;
    }
}
