/* A stand-in for NVIDIA's management library with two cards, as far as the dashboard calls it.
   FOLDER is where files stand that change it while it is loaded: hang (calls wait until it is removed), code (number that every call returns),
   lost (card 1 has fallen off the bus). OLD leaves out what came after 2012, BARE everything that is not needed to find cards,
   RESERVED the first layout of the memory, NOTHING the functions that find cards too. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct { unsigned int gpu, memory; } rates;
typedef struct { unsigned long long total, free, used; } bytes;
typedef struct { unsigned int version; unsigned long long total, reserved, free, used; } versioned_bytes;
typedef struct { unsigned int pid; unsigned long long used; } process_1;
typedef struct { unsigned int pid; unsigned long long used; unsigned int gpu_instance, compute_instance; } process_2;

static const unsigned long long MIB = 1024ULL * 1024ULL;
static int cards[2];

static int state(void)
{
    int code = 0;
    while (access(FOLDER "/hang", F_OK) == 0)
        usleep(1000);
    FILE *file = fopen(FOLDER "/code", "r");
    if (file != NULL) {
        if (fscanf(file, "%d", &code) != 1)
            code = 999;
        fclose(file);
    }
    return code;
}

static int card(void *device)
{
    int code = state();
    if (code != 0)
        return code;
    if (device == &cards[1] && access(FOLDER "/lost", F_OK) == 0)
        return 15;
    return device == &cards[0] || device == &cards[1] ? 0 : 2;
}

static void note(const char *name)
{
    FILE *file = fopen(FOLDER "/calls", "a");
    if (file != NULL) {
        fprintf(file, "%s\n", name);
        fclose(file);
    }
}

#ifndef NOTHING
#ifdef OLD
#define NEWER(name) name
#else
#define NEWER(name) name##_v2
#endif

int NEWER(nvmlInit)(void) { note("init"); return state(); }
int nvmlShutdown(void) { note("shutdown"); return 0; }
int NEWER(nvmlDeviceGetCount)(unsigned int *count) { *count = 2; return state(); }

int NEWER(nvmlDeviceGetHandleByIndex)(unsigned int index, void **device)
{
    if (index > 1)
        return 2;
    *device = &cards[index];
    return card(*device);
}
#endif

#ifndef BARE
int nvmlDeviceGetName(void *device, char *name, unsigned int length)
{
    int code = card(device);
    if (code == 0)
        snprintf(name, length, "Stand-in GPU %c", device == &cards[0] ? 'A' : 'B');
    return code;
}

int nvmlDeviceGetUtilizationRates(void *device, rates *value)
{
    value->gpu = device == &cards[0] ? 37 : 4;
    value->memory = 99;
    return card(device);
}

#ifdef RESERVED
int nvmlDeviceGetMemoryInfo_v2(void *device, versioned_bytes *value)
{
    if (value->version != (unsigned int)(sizeof *value | 2 << 24))
        return 25;
    value->total = 24576 * MIB, value->reserved = 576 * MIB, value->free = 20000 * MIB, value->used = 4000 * MIB;
    return card(device);
}
#else
int nvmlDeviceGetMemoryInfo(void *device, bytes *value)
{
    value->total = (device == &cards[0] ? 24576 : 12288) * MIB;
    value->free = (device == &cards[0] ? 20000 : 12000) * MIB;
    value->used = value->total - value->free;
    return card(device);
}
#endif

int nvmlDeviceGetTemperature(void *device, int sensor, unsigned int *value) { *value = 51; return sensor == 0 ? card(device) : 2; }
int nvmlDeviceGetPowerUsage(void *device, unsigned int *value) { *value = 123456; return device == &cards[0] ? card(device) : 3; }

/* Process 4711 computes and draws on both cards; of 4712 the memory is not told. */
#ifdef OLD
int nvmlDeviceGetComputeRunningProcesses(void *device, unsigned int *count, process_1 *list)
#else
int nvmlDeviceGetComputeRunningProcesses_v3(void *device, unsigned int *count, process_2 *list)
#endif
{
    unsigned int room = *count;
    *count = 2;
    if (room < 2)
        return 7;
    list[0].pid = 4711, list[0].used = 3000 * MIB;
    list[1].pid = 4712, list[1].used = ~0ULL;
#ifndef OLD
    list[0].gpu_instance = list[0].compute_instance = list[1].gpu_instance = list[1].compute_instance = ~0u;
#endif
    return card(device);
}

#ifndef OLD
/* More than fit at first: the caller must come again with more room. */
int nvmlDeviceGetGraphicsRunningProcesses_v3(void *device, unsigned int *count, process_2 *list)
{
    unsigned int room = *count;
    *count = 300;
    if (room < 300)
        return 7;
    memset(list, 0, 300 * sizeof *list);
    for (unsigned int i = 0; i < 300; i++)
        list[i].pid = 4711 + i, list[i].used = (i == 0 ? 3000 : 1) * MIB;
    return card(device);
}
#endif
#endif
