namespace LlamaBlazor.Domain.Parameters;

/// <summary>What several parameters together must satisfy. Options that write one field exclude each other, which is an error; the rest are
/// warnings.</summary>
public static class CrossFieldRules
{
    /// <summary>Groups of which at most one may be set, because the engine keeps only the last (parameters.md (c)).</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Exclusive { get; } =
    [
        ["grammar", "grammar_file", "json_schema", "json_schema_file"],
        ["samplers", "sampler_seq"],
        ["chat_template", "chat_template_file"],
        ["rope_scale", "rope_freq_scale"],
    ];

    private static readonly string[] BatchCpu =
    [
        "cpu_mask_batch",
        "cpu_range_batch",
        "cpu_strict_batch",
        "priority_batch",
        "polling_batch",
    ];
    private static readonly string[] DraftCpu =
    [
        "cpu_mask_draft",
        "cpu_range_draft",
        "cpu_strict_draft",
        "priority_draft",
        "polling_draft",
    ];
    private static readonly string[] DraftBatchCpu =
    [
        "cpu_mask_batch_draft",
        "cpu_strict_batch_draft",
        "priority_batch_draft",
        "polling_batch_draft",
    ];
    private static readonly string[] DraftModels = ["model_draft", "hf_repo_draft", "model_url_draft"];
    private static readonly string[] VCaches = ["cache_type_v", "cache_type_v_draft"];
    private static readonly string[] FullPrecision = ["f32", "f16", "bf16"];

    /// <summary>All that is wrong between fields.</summary>
    /// <param name="find">Value of a column that somebody set, or null.</param>
    /// <param name="label">Name of a column for people.</param>
    /// <param name="devices">GPUs that the engine sees, or null where that is not known.</param>
    public static IEnumerable<ParameterIssue> Check(Func<string, object?> find, Func<string, string> label, int? devices = null) =>
        [
            .. ExclusiveGroups(find, label),
            .. Loading(find, label),
            .. Images(find, label),
            .. Devices(find, devices),
            .. Batching(find, label),
            .. Serving(find, label),
            .. Drafting(find, label),
        ];

    private static IEnumerable<ParameterIssue> ExclusiveGroups(Func<string, object?> find, Func<string, string> label) =>
        from groups in Exclusive
        let given = groups.Where(column => find(column) is not null).ToList()
        where given.Count > 1
        from column in given
        select new ParameterIssue(
            column,
            $"Only one of these can be set: {string.Join(", ", given.Select(label))}. Clear the others.",
            true
        );

    private static IEnumerable<ParameterIssue> Loading(Func<string, object?> find, Func<string, string> label)
    {
        foreach (
            var column in VCaches.Where(column =>
                find(column) is string type && !FullPrecision.Contains(type) && find("flash_attn") is "off"
            )
        )
            yield return Warning(
                column,
                $"A quantised V cache needs flash attention, which is off: the engine crashes or refuses. Set {label("flash_attn")} "
                    + "to auto or on."
            );
        if (find("hf_file") is not null && find("hf_repo") is null)
            yield return Warning("hf_file", "Not used without a Hugging Face repository. Set the repository, or clear this.");
        if (find("cache_idle_slots") is true && find("cache_ram") is 0L)
            yield return Warning("cache_idle_slots", $"Has no effect while {label("cache_ram")} is 0. Raise that, or clear this.");
        if (find("split_mode") is "tensor" && find("fit") is not "off")
            yield return Warning("split_mode", $"Fitting to memory does not support tensor splitting. Set {label("fit")} to off.");
        if (find("direct_io") is true && find("mmap") is true)
            yield return Warning("direct_io", "Direct I/O switches memory mapping off. Switch one of the two off.");
    }

    private static IEnumerable<ParameterIssue> Images(Func<string, object?> find, Func<string, string> label)
    {
        if (find("mmproj") is not null && find("mmproj_url") is not null)
            yield return Warning("mmproj_url", "Not used, because a projector file is set. Clear one of the two.");
        if (find("image_min_tokens") is long least && find("image_max_tokens") is long most && least > most)
            yield return Warning(
                "image_min_tokens",
                $"Larger than the most tokens an image may take. Lower it, or raise {label("image_max_tokens")}."
            );
    }

    private static IEnumerable<ParameterIssue> Devices(Func<string, object?> find, int? devices)
    {
        var chosen = find("device") is string device ? Count(device) : devices;
        if (find("tensor_split") is string split && Count(split) > chosen)
            yield return Warning(
                "tensor_split",
                find("device") is null
                    ? $"Names {Count(split)} GPUs, but the engine sees "
                        + $"{(chosen == 0 ? "none. Clear it" : $"{chosen}. Give one number for each")}."
                    : "Names more GPUs than Devices does. Give one number for each of those."
            );
        if (find("main_gpu") is long main && chosen > 0 && main >= chosen)
            yield return Warning(
                "main_gpu",
                $"There is no GPU {main}: counting from 0, the engine has {chosen}. Give at most {chosen - 1}."
            );
    }

    private static IEnumerable<ParameterIssue> Batching(Func<string, object?> find, Func<string, string> label)
    {
        if ((find("ubatch_size") ?? 512L) is long micro && (find("batch_size") ?? 2048L) is long batch && micro > batch)
            yield return Warning(
                find("ubatch_size") is null ? "batch_size" : "ubatch_size",
                $"The micro-batch is larger than the batch; the engine reduces it to the batch size. Lower {label("ubatch_size")}, or "
                    + $"raise {label("batch_size")}."
            );
        if (find("kv_unified") is false && find("n_parallel") is null or -1L)
            yield return Warning("kv_unified", $"Ignored while the number of slots is automatic. Set {label("n_parallel")}.");
        if (find("threads_batch") is null)
        {
            foreach (var column in BatchCpu.Where(column => find(column) is not null))
                yield return Warning(column, $"Ignored unless {label("threads_batch")} is set. Set that, or clear this.");
        }
    }

    private static IEnumerable<ParameterIssue> Serving(Func<string, object?> find, Func<string, string> label)
    {
        if (find("ignore_eos") is true)
            yield return Warning(
                "ignore_eos",
                $"Every answer will run to the token limit or to the end of the context. Set {label("predict")}, or switch this off."
            );
        if (find("log_disable") is true || find("log_verbose") is 0L)
            yield return Warning(
                find("log_disable") is true ? "log_disable" : "log_verbose",
                $"The engine will not say why it fails to start. Clear this, or set {label("log_verbose")} to 3."
            );
        if (find("slots_enabled") is false)
            yield return Warning("slots_enabled", "The view of slots and the fill of the context will be empty. Clear this to see them.");
        if (find("ssl_key_file") is null != find("ssl_cert_file") is null)
            yield return Warning(
                find("ssl_key_file") is null ? "ssl_cert_file" : "ssl_key_file",
                "TLS needs both a key file and a certificate file. Set the other one too, or clear this."
            );
        if (find("jinja") is false)
            yield return Warning(
                "jinja",
                "Tool calls are refused and custom templates fail without it. Clear this, unless you need neither."
            );
        if (find("agent") is true || find("tools") is not null || find("ui_mcp_proxy") is true)
            yield return Warning(
                find("agent") is true ? "agent"
                    : find("tools") is not null ? "tools"
                    : "ui_mcp_proxy",
                "Anyone who reaches the engine can use this to read files or run commands on this machine. Clear it, unless you know "
                    + "them all."
            );
        if (
            find("adaptive_target") is double and > 0
            && find("samplers") is string samplers
            && !samplers.Contains("adaptive_p", StringComparison.Ordinal)
        )
            yield return Warning("adaptive_target", $"Has no effect without adaptive_p among the {label("samplers")}. Add it there.");
    }

    private static IEnumerable<ParameterIssue> Drafting(Func<string, object?> find, Func<string, string> label)
    {
        foreach (var column in find("threads_draft") is null ? DraftCpu.Where(column => find(column) is not null) : [])
            yield return Warning(column, $"Ignored unless {label("threads_draft")} is set. Set that, or clear this.");
        foreach (var column in find("threads_batch_draft") is null ? DraftBatchCpu.Where(column => find(column) is not null) : [])
            yield return Warning(column, $"Ignored unless {label("threads_batch_draft")} is set. Set that, or clear this.");
        if ((find("draft_min") ?? 0L) is long least && (find("draft_max") ?? 3L) is long most && least > most)
            yield return Warning(
                find("draft_min") is null ? "draft_max" : "draft_min",
                $"The fewest draft tokens are more than the most. Lower {label("draft_min")}, or raise {label("draft_max")}."
            );
        if (
            find("spec_type") is string method
            && method.Contains("draft-", StringComparison.Ordinal)
            && !method.Contains("mtp", StringComparison.Ordinal)
            && DraftModels.All(column => find(column) is null)
        )
            yield return Warning(
                "spec_type",
                $"This method needs a draft model. Set {label("model_draft")}, or choose a method without one."
            );
    }

    private static int Count(string list) => list.Split([',', '/'], StringSplitOptions.RemoveEmptyEntries).Length;

    private static ParameterIssue Warning(string column, string message) => new(column, message, false);
}
