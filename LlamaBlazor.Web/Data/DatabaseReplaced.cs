namespace LlamaBlazor.Web.Data;

/// <summary>
/// The database holds other rows than a moment ago: restored, loaded or recovered. Sent over <c>Broadcast&lt;DatabaseReplaced&gt;</c> in
/// the writer's turn,
/// before anything else is written: whoever keeps rows in memory forgets them.
/// </summary>
internal sealed record DatabaseReplaced;
