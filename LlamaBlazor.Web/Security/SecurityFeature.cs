using System.Net;
using LlamaBlazor.Domain.Proxy;
using LlamaBlazor.Domain.Security;
using LlamaBlazor.Web.Data;
using LlamaBlazor.Web.Security.Access;
using LlamaBlazor.Web.Security.Keys;
using LlamaBlazor.Web.Shell;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LlamaBlazor.Web.Security;

/// <summary>Who may reach the dashboard: this machine only, through names of this machine, from pages of its own.</summary>
internal static class SecurityFeature
{
    /// <summary>Refuses addresses beyond this machine and keeps the keys that protect secrets in the data folder.</summary>
    public static WebApplicationBuilder AddSecurity(this WebApplicationBuilder builder)
    {
        ListenRules.Require(builder.Configuration);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Who sends its request byte by byte holds a connection and nothing else, and not for long.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        });
        builder.Services.AddDataProtection().SetApplicationName(SecretProtector.Application);
        builder
            .Services.AddOptions<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>()
            .Configure<DataFolder, ILoggerFactory>(
                (options, folder, loggers) =>
                    options.XmlRepository = new Microsoft.AspNetCore.DataProtection.Repositories.FileSystemXmlRepository(
                        new DirectoryInfo(folder.Keys),
                        loggers
                    )
            );
        builder.Services.AddAntiforgery(options => options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest);
        builder.Services.AddSingleton<AllowedOrigins>();
        builder.Services.AddSingleton<AllowedHosts>();
        builder.Services.AddSingleton<DashboardPass>();
        builder.Services.AddSingleton<EngineSites>();
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddSingleton<KeyStore>();
        builder.Services.AddSingleton<KeyAccess>();
        AddAccess(builder.Services);
        return builder;
    }

    /// <summary>Checks Host and Origin before anything else and adds the headers of a careful site.</summary>
    public static WebApplication UseSecurity(this WebApplication app)
    {
        var (origins, hosts) = (app.Services.GetRequiredService<AllowedOrigins>(), app.Services.GetRequiredService<AllowedHosts>());
        app.UseMiddleware<OriginGuard>(new GuardRules(origins, hosts, path => RouteTable.IsForPrograms(path.Value), SiteMap.IsPage));
        app.UseMiddleware<DatabaseGuard>();
        app.UseRouting(); // here: routes for programs are served at once, without what pages need
        app.UseMiddleware<SecurityHeaders>();
        app.UseAuthentication();
        app.UseAuthorization();
        return app;
    }

    /// <summary>Where the rooms map their routes, so that none is without a policy (<see cref="AccessTable"/>).</summary>
    public static IEndpointRouteBuilder MapWithAccess(this WebApplication app)
    {
        var routes = app.MapGroup("");
        ((IEndpointConventionBuilder)routes).Finally(AccessRules.AddTo);
        return routes;
    }

    /// <summary>Maps <c>/api/keys</c>.</summary>
    public static IEndpointRouteBuilder MapSecurity(this IEndpointRouteBuilder app)
    {
        KeyEndpoints.Map(app);
        return app;
    }

    /// <summary>Whether a host name or address is this machine's loopback.</summary>
    internal static bool IsThisMachine(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host; // a complete name (RFC 1034 3.1)
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    // A further way to sign in is a further scheme here; the policies stay. What names no policy is for administrators.
    private static void AddAccess(IServiceCollection services)
    {
        services.AddAuthentication(KeyScheme.Name).AddScheme<AuthenticationSchemeOptions, KeyScheme>(KeyScheme.Name, null);
        var policies = services.AddAuthorizationBuilder();
        foreach (var scope in Scope.All)
            policies.AddPolicy(scope, PolicyOf(scope));
        policies.AddPolicy(AccessRules.ByPath, PolicyOf(null)).SetFallbackPolicy(PolicyOf(null)).SetDefaultPolicy(PolicyOf(Scope.Admin));
        services.AddSingleton<IAuthorizationHandler, ScopeHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessRefusals>();
    }

    private static AuthorizationPolicy PolicyOf(string? scope) =>
        new AuthorizationPolicyBuilder(KeyScheme.Name).AddRequirements(new ScopeRequirement(scope)).Build();
}
