// Entry of a Job batch: dispatches by kind and turns the outcome into Ended.

#include "engine/job_load.h"
#include "engine/job_profile.h"
#include "engine/worker_internal.h"

namespace weft::engine {

Ended RunJob(Engine& engine, DataOut&, const Job& job) {
    Ended ended;
    engine.BeginStatement(job.limits);
    const auto run = [&] {
        switch (job.kind) {
            case Job::Kind::kLoad:
                return RunLoad(engine, job, ended);
            case Job::Kind::kMerge:
                return RunMerge(engine, job, ended);
            case Job::Kind::kProfile:
                return RunProfile(engine, job, ended);
        }
        return Result<>(Fail(Code::kInvalid, "unknown kind of job"));
    };
    if (auto result = run(); !result) {
        ended.ok = false;
        ended.error = std::move(result.error());
        ended.files.clear();
    }
    engine.SetInputs({});
    engine.EndStatement();
    return ended;
}

}  // namespace weft::engine
