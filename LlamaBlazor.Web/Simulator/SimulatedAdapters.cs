using System.Globalization;
using System.Text.Json.Nodes;

namespace LlamaBlazor.Web.Simulator;

/// <summary>
/// <c>/lora-adapters</c>: the adapters of the command line and their scales, which a list of <c>id</c> and <c>scale</c> sets; those not in
/// it get 0.
/// </summary>
/// <param name="arguments">Its command line.</param>
internal sealed class SimulatedAdapters(SimulatedArguments arguments)
{
    private readonly List<(string Path, double Scale)> _adapters = Read(arguments);

    /// <summary>Answers one request.</summary>
    public async Task RunAsync(HttpContext context, string method)
    {
        if (method == "GET")
        {
            await SimulatedWire.WriteAsync(context, List());
            return;
        }

        var (json, error) = await SimulatedBody.ReadAsync(context);
        if (error is null && json is not JsonArray)
            error = SimulatedError.Invalid("Request body must be an array");
        if (error is not null)
        {
            await SimulatedWire.WriteAsync(context, error);
            return;
        }

        Set((JsonArray)json!);
        await SimulatedWire.WriteAsync(context, new JsonObject { ["success"] = true });
    }

    private JsonArray List()
    {
        lock (_adapters)
        {
            return
            [
                .. _adapters.Select(
                    (adapter, id) =>
                        new JsonObject
                        {
                            ["id"] = id,
                            ["path"] = adapter.Path,
                            ["scale"] = adapter.Scale,
                            ["task_name"] = "",
                            ["prompt_prefix"] = "",
                        }
                ),
            ];
        }
    }

    private void Set(JsonArray scales)
    {
        var wanted = new Dictionary<int, double>();
        foreach (var one in scales.OfType<JsonObject>())
            wanted[SimulatedBody.Whole(one["id"], -1)] = SimulatedBody.Number(one["scale"], 0);
        lock (_adapters)
        {
            for (var id = 0; id < _adapters.Count; id++)
                _adapters[id] = (_adapters[id].Path, (float)wanted.GetValueOrDefault(id));
        }
    }

    // "FILE,FILE" and "FILE:SCALE,FILE:SCALE".
    private static List<(string Path, double Scale)> Read(SimulatedArguments arguments)
    {
        var start = arguments.Has("--lora-init-without-apply") ? 0.0 : 1.0;
        var plain = Parts(arguments.Text("--lora")).Select(path => (path, start));
        return [.. plain, .. Parts(arguments.Text("--lora-scaled")).Select(part => Scaled(part, start))];
    }

    private static (string Path, double Scale) Scaled(string part, double start)
    {
        var colon = part.LastIndexOf(':');
        return colon > 0 && double.TryParse(part[(colon + 1)..], CultureInfo.InvariantCulture, out var scale)
            ? (part[..colon], start * scale)
            : (part, start);
    }

    private static string[] Parts(string? list) => (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
}
