namespace LlamaBlazor.Web.Instances;

/// <summary>What the proxy knows of one model's use.</summary>
/// <param name="Busy">Requests at work.</param>
/// <param name="Waiting">Requests that wait for it.</param>
/// <param name="LastCompletedAt">When the last one ended, Unix milliseconds, or null for never.</param>
internal readonly record struct InstanceLoad(int Busy, int Waiting, long? LastCompletedAt);

/// <summary>Tells the use of a model; registered by whoever hands out requests, idle otherwise.</summary>
internal delegate InstanceLoad ReadLoad(long modelId);
