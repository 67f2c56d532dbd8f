using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LlamaBlazor.Domain.Instances.Containers;

/// <summary>A container as the runtime lists it.</summary>
/// <param name="Id">Its id, 64 digits or the first 12.</param>
/// <param name="Name">Its name.</param>
/// <param name="Image">The image it was made of.</param>
/// <param name="State">created, running, exited and so on, in the runtime's own words, lower case.</param>
public sealed record ContainerItem(string Id, string Name, string Image, string State);

/// <summary>What a container uses now.</summary>
/// <param name="Id">Its id, perhaps only the first 12 digits.</param>
/// <param name="CpuPercent">Percent of one core.</param>
/// <param name="MemoryBytes">Bytes of its control group.</param>
/// <param name="DiskRead">Bytes since its start.</param>
/// <param name="DiskWrite">Bytes since its start.</param>
/// <param name="NetworkReceived">Bytes since its start.</param>
/// <param name="NetworkSent">Bytes since its start.</param>
public sealed record ContainerUsage(
    string Id,
    double? CpuPercent,
    double? MemoryBytes,
    double? DiskRead,
    double? DiskWrite,
    double? NetworkReceived,
    double? NetworkSent
);

/// <summary>Reads what <c>ps</c> and <c>stats</c> print as JSON: podman one array, docker one object a line, with names of their
/// own.</summary>
public static partial class ContainerText
{
    /// <summary>
    /// Containers of <c>ps --all --format json</c>: podman <c>[{"Id":"8879…","Names":["a"],"Image":"i","State":"running"}]</c>,
    /// docker <c>{"ID":"8879","Names":"a","Image":"i","State":"running"}</c>. Null when it is neither.
    /// </summary>
    public static IReadOnlyList<ContainerItem>? ReadList(string text) =>
        Read(
            text,
            item =>
                Text(item, "Id", "ID") is { } id
                    ? new ContainerItem(
                        id,
                        Text(item, "Names", "Name")?.TrimStart('/') ?? id,
                        Text(item, "Image") ?? "",
                        (Text(item, "State") ?? "").ToLowerInvariant()
                    )
                    : null
        );

    /// <summary>
    /// Usage of <c>stats --no-stream --format json</c>: podman <c>[{"id":"88…","cpu_percent":"1.33%","mem_usage":"663.6kB /
    /// 209.7MB","net_io":"0B / 0B","block_io":"0B / 0B"}]</c>,
    /// docker <c>{"ID":"88…","CPUPerc":"1.33%","MemUsage":"648KiB / 200MiB","NetIO":"0B / 0B","BlockIO":"0B / 0B"}</c>. Null when it is
    /// neither.
    /// </summary>
    public static IReadOnlyList<ContainerUsage>? ReadUsage(string text) =>
        Read(
            text,
            item =>
            {
                if (Text(item, "id", "ID", "ContainerID") is not { } id)
                    return null;
                var (received, sent) = Pair(Text(item, "net_io", "NetIO"));
                var (read, written) = Pair(Text(item, "block_io", "BlockIO"));
                return new ContainerUsage(
                    id,
                    Percent(Text(item, "cpu_percent", "CPUPerc")),
                    Pair(Text(item, "mem_usage", "MemUsage")).First,
                    read,
                    written,
                    received,
                    sent
                );
            }
        );

    /// <summary>Bytes of a size such as <c>663.6kB</c> or <c>1.5GiB</c>, or null.</summary>
    public static double? Bytes(string? text)
    {
        var match = SizePattern().Match(text?.Trim() ?? "");
        if (!match.Success)
            return null;
        var number = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var power = match.Groups[2].Length == 0 ? 0 : 1 + "kmgtp".IndexOf(char.ToLowerInvariant(match.Groups[2].Value[0]));
        return number * Math.Pow(match.Groups[3].Length == 0 ? 1000 : 1024, power);
    }

    private static List<T>? Read<T>(string text, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            var trimmed = text.Trim();
            var source = trimmed.StartsWith('[')
                ? trimmed
                : $"[{string.Join(',', trimmed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))}]";
            using var document = JsonDocument.Parse(source);
            return [.. document.RootElement.EnumerateArray().Select(read).OfType<T>()];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement item, params string[] names)
    {
        foreach (var name in names)
        {
            if (!item.TryGetProperty(name, out var value))
                continue;
            if (value.ValueKind is JsonValueKind.Array && value.GetArrayLength() > 0)
                value = value[0];
            if (value.ValueKind is JsonValueKind.String)
                return value.GetString();
        }

        return null;
    }

    private static (double? First, double? Second) Pair(string? text) =>
        text?.Split('/') is [var first, var second] ? (Bytes(first), Bytes(second)) : (null, null);

    private static double? Percent(string? text) =>
        double.TryParse(text?.TrimEnd('%', ' '), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex(@"^(\d+(?:\.\d+)?)\s*([kKMGTP]?)(i?)B$")]
    private static partial Regex SizePattern();
}
