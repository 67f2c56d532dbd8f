using System.Globalization;

namespace LlamaBlazor.Domain.Common;

/// <summary>Numbers of bytes for people, in binary units: <c>4.88 MiB</c>, three digits at most.</summary>
public static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>The size in the largest unit that leaves at least 1.</summary>
    /// <param name="bytes">Number of bytes, may be negative.</param>
    public static string Text(double bytes)
    {
        var unit = 0;
        while (Math.Abs(bytes) >= 1023.95 && unit < Units.Length - 1)
            (bytes, unit) = (bytes / 1024, unit + 1);
        var format =
            unit == 0 || Math.Abs(bytes) >= 99.95 ? "0"
            : Math.Abs(bytes) >= 9.995 ? "0.0"
            : "0.00";
        return bytes.ToString(format, CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
