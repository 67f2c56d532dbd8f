using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Web.Security.Keys;
using LlamaBlazor.Web.Shared.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace LlamaBlazor.Web.Security.Access;

/// <summary>Answers who may not pass: 401 where nobody is known by what was shown, 403 where a known caller lacks the scope; both in the
/// form of the API that was called.</summary>
internal sealed class AccessRefusals : IAuthorizationMiddlewareResultHandler
{
    /// <inheritdoc/>
    public async Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        if (authorizeResult.Succeeded)
        {
            await next(context).ConfigureAwait(false);
        }
        else if (authorizeResult.Forbidden)
        {
            var words = KeyAccess.ForbiddenWords(context.User.Identity?.Name, ScopeOf(context, policy, authorizeResult));
            await Refusals.SendAsync(context, ProxyError.Forbidden, words).ConfigureAwait(false);
        }
        else
        {
            var shown = await context.AuthenticateAsync(KeyScheme.Name).ConfigureAwait(false); // once a request: what it found before
            await Refusals
                .SendAsync(context, ProxyError.Unauthorized, shown.Failure?.Message ?? KeyAccess.NoKeyWords)
                .ConfigureAwait(false);
        }
    }

    private static string? ScopeOf(HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult result) =>
        (result.AuthorizationFailure?.FailedRequirements ?? policy.Requirements)
            .OfType<ScopeRequirement>()
            .Select(requirement => requirement.ScopeFor(context))
            .FirstOrDefault();
}
