namespace LlamaBlazor.Web.Shared;

/// <summary>
/// The clock of the computer, for those that put a program together: the dashboard, a command, the simulated engine. They hand it on; all
/// others are given a <see cref="TimeProvider"/>, which a test may replace.
/// </summary>
internal static class ProgramClock
{
#pragma warning disable RS0030 // the one place that names it
    /// <summary>The clock.</summary>
    public static TimeProvider Instance => TimeProvider.System;
#pragma warning restore RS0030
}
