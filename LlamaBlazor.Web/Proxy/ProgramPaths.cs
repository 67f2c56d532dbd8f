using LlamaBlazor.Domain.Proxy;

namespace LlamaBlazor.Web.Proxy;

/// <summary>Brings requests of programs into one form before anything looks at them: how a path is written, and HEAD where GET has an
/// answer.</summary>
internal static class ProgramPaths
{
    /// <summary>Adds the step; before all others, so that guards and routes see the same path.</summary>
    public static WebApplication UseProgramPaths(this WebApplication app)
    {
        app.Use(
            (context, next) =>
            {
                Mend(context.Request);
                return next(context);
            }
        );
        return app;
    }

    /// <summary>Writes the path in its one way, and asks for GET where a HEAD asks for something that is only read. The server sends no
    /// body for HEAD whatever the method is called here.</summary>
    public static void Mend(HttpRequest request)
    {
        var path = request.Path.Value ?? "";
        if (RouteTable.Canonical(path) is { } canonical)
            path = canonical;
        else if (path.StartsWith("//", StringComparison.Ordinal))
            path = "/" + path.TrimStart('/');
        if (path != request.Path.Value)
            request.Path = path;
        if (HttpMethods.IsHead(request.Method) && IsOnlyRead(path))
            request.Method = HttpMethods.Get;
    }

    // Routes of engines start them, and an export is work.
    private static bool IsOnlyRead(string path) =>
        path == RouteTable.ModelsPath
        || RouteTable.IsHealth(path)
        || path.StartsWith(RouteTable.ModelsPath + "/", StringComparison.Ordinal)
        || !(
            RouteTable.IsForPrograms(path)
            || path.StartsWith(RouteTable.UpstreamPrefix, StringComparison.OrdinalIgnoreCase)
            || path.StartsWith("/slots/", StringComparison.Ordinal)
            || path.StartsWith("/api/database", StringComparison.OrdinalIgnoreCase)
        );
}
