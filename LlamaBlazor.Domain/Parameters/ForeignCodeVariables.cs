namespace LlamaBlazor.Domain.Parameters;

/// <summary>
/// Environment variables that make a program load or run code of somebody's choice: of the loader, the C library, GPU drivers, and the
/// interpreters that wrappers of an engine are written for. <c>LD_LIBRARY_PATH</c>, <c>DYLD_LIBRARY_PATH</c> and <c>PATH</c> are not among
/// them: engines need them, and the folders they name are judged instead.
/// </summary>
internal static class ForeignCodeVariables
{
    private const string Loader = "it puts other code into every program that is started with it.";
    private const string Driver = "it names a library that is loaded into the engine. Install drivers and backends for the whole system.";
    private const string Interpreter = "it makes scripts that start an engine run other code first. Set it in the script itself.";
    private const string Shell = "it makes a shell run another file first.";

    private static readonly Dictionary<string, string> Reasons = new(StringComparer.OrdinalIgnoreCase)
    {
        ["LD_PRELOAD"] = Loader,
        ["LD_AUDIT"] = Loader,
        ["DYLD_INSERT_LIBRARIES"] = Loader,
        ["DYLD_FRAMEWORK_PATH"] = Loader,
        ["DYLD_FALLBACK_FRAMEWORK_PATH"] = Loader,
        ["DYLD_VERSIONED_LIBRARY_PATH"] = Loader,
        ["DYLD_VERSIONED_FRAMEWORK_PATH"] = Loader,
        ["GCONV_PATH"] = Loader,
        ["OPENSSL_CONF"] = Loader,
        ["OPENSSL_MODULES"] = Loader,
        ["OPENSSL_ENGINES"] = Loader,
        ["OMP_TOOL_LIBRARIES"] = Loader,
        ["GGML_BACKEND_PATH"] = Driver,
        ["CUDA_INJECTION32_PATH"] = Driver,
        ["CUDA_INJECTION64_PATH"] = Driver,
        ["NVTX_INJECTION32_PATH"] = Driver,
        ["NVTX_INJECTION64_PATH"] = Driver,
        ["NCCL_NET_PLUGIN"] = Driver,
        ["NCCL_TUNER_PLUGIN"] = Driver,
        ["NCCL_PROFILER_PLUGIN"] = Driver,
        ["HSA_TOOLS_LIB"] = Driver,
        ["ROCP_TOOL_LIB"] = Driver,
        ["ROCP_TOOL_LIBRARIES"] = Driver,
        ["VK_ICD_FILENAMES"] = Driver,
        ["VK_DRIVER_FILES"] = Driver,
        ["VK_ADD_DRIVER_FILES"] = Driver,
        ["VK_LAYER_PATH"] = Driver,
        ["VK_ADD_LAYER_PATH"] = Driver,
        ["VK_IMPLICIT_LAYER_PATH"] = Driver,
        ["VK_ADD_IMPLICIT_LAYER_PATH"] = Driver,
        ["OCL_ICD_FILENAMES"] = Driver,
        ["OCL_ICD_VENDORS"] = Driver,
        ["OPENCL_VENDOR_PATH"] = Driver,
        ["OPENCL_LAYERS"] = Driver,
        ["OPENCL_LAYER_PATH"] = Driver,
        ["ZE_ENABLE_ALT_DRIVERS"] = Driver,
        ["UR_ADAPTERS_FORCE_LOAD"] = Driver,
        ["LIBGL_DRIVERS_PATH"] = Driver,
        ["GBM_BACKENDS_PATH"] = Driver,
        ["__EGL_VENDOR_LIBRARY_DIRS"] = Driver,
        ["__EGL_VENDOR_LIBRARY_FILENAMES"] = Driver,
        ["PYTHONPATH"] = Interpreter,
        ["PYTHONSTARTUP"] = Interpreter,
        ["PYTHONHOME"] = Interpreter,
        ["PYTHONUSERBASE"] = Interpreter,
        ["PYTHONBREAKPOINT"] = Interpreter,
        ["PERL5OPT"] = Interpreter,
        ["PERL5LIB"] = Interpreter,
        ["PERLLIB"] = Interpreter,
        ["PERL5DB"] = Interpreter,
        ["RUBYOPT"] = Interpreter,
        ["RUBYLIB"] = Interpreter,
        ["NODE_OPTIONS"] = Interpreter,
        ["NODE_PATH"] = Interpreter,
        ["JAVA_TOOL_OPTIONS"] = Interpreter,
        ["JDK_JAVA_OPTIONS"] = Interpreter,
        ["_JAVA_OPTIONS"] = Interpreter,
        ["LUA_INIT"] = Interpreter,
        ["LUA_PATH"] = Interpreter,
        ["LUA_CPATH"] = Interpreter,
        ["BASH_ENV"] = Shell,
        ["ENV"] = Shell,
        ["ZDOTDIR"] = Shell,
        ["PS4"] = "a shell runs what stands in it.",
        ["PROMPT_COMMAND"] = "a shell runs what stands in it.",
        ["SHELLOPTS"] = "it changes how every shell works.",
        ["BASHOPTS"] = "it changes how every shell works.",
    };

    /// <summary>Why a variable may not be set, or null.</summary>
    /// <param name="name">Its name, in any case: Windows tells none apart.</param>
    public static string? Refuse(string name) => Reasons.GetValueOrDefault(name);
}
