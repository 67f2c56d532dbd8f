using Microsoft.AspNetCore.Http;

namespace LlamaBlazor.Tests.Integration.Proxy;

/// <summary>A web UI as engines bring one: inline script and style, a script file, relative addresses, a WebSocket, and tries to reach what
/// is not its own.</summary>
internal static class EnginePage
{
    private const string Page = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Engine</title><link rel="icon" href="data:,"><style>#styled { color: rgb(1, 2, 3); }</style><script defer src="./page/more.js"></script></head>
        <body><p id="styled">A page of the engine</p><dl></dl>
        <script>
          const tell = (what, word) => document.querySelector('dl').insertAdjacentHTML('beforeend', `<dt>${what}</dt><dd id="${what}">${word}</dd>`);
          const reach = (what, address) => fetch(address).then(answer => answer.text()).then(text => tell(what, text), () => tell(what, 'refused'));
          tell('inline', 'ran');
          reach('relative', 'page/data?x=1');
          reach('dashboard', '/api/models');
          reach('neighbour', '/upstream/other/page/data');
          const socket = new WebSocket(new URL('page/socket', location.href.replace(/^http/, 'ws')));
          socket.onopen = () => socket.send('hello');
          socket.onmessage = message => tell('socket', message.data);
          socket.onerror = () => tell('socket', 'refused');
          new Worker(URL.createObjectURL(new Blob(['postMessage("worked")']))).onmessage = message => tell('worker', message.data);
        </script></body></html>
        """;

    /// <summary>Serves the page and what belongs to it; false for other paths.</summary>
    public static async Task<bool> TryServeAsync(HttpContext context)
    {
        var (type, text) = context.Request.Path.Value switch
        {
            "/" => ("text/html; charset=utf-8", Page),
            "/page/more.js" => ("text/javascript", "tell('file', 'ran');"),
            "/page/data" => ("text/plain", "data" + context.Request.QueryString),
            "/page/socket" => ("", ""),
            _ => (null, ""),
        };
        if (type is null)
            return false;
        if (context.WebSockets.IsWebSocketRequest)
        {
            await StubEngine.SocketAsync(context);
            return true;
        }

        context.Response.ContentType = type;
        await context.Response.WriteAsync(text);
        return true;
    }
}
