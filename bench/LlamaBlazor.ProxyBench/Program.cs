using LlamaBlazor.ProxyBench;

// run.sh puts these together; see its head for how to use it.
return args switch
{
    ["yarp", var port, var upstream] => await BareYarp.RunAsync(int.Parse(port), upstream),
    ["gguf", var file] => SmallModel.Write(file),
    ["load", var model, .. var paths] => await Measurement.RunAsync(model, paths),
    ["single", var model, var url] => await Measurement.SingleAsync(model, url),
    ["soak", var model, var url, var requests] => await Measurement.SoakAsync(model, url, int.Parse(requests)),
    _ => await StubEngine.RunAsync(args), // as a llama-server: --port N and whatever else
};
