// Channels and operations of the scripted PVs, on pvxs's Source interface.
#pragma once

#include "lines.h"
#include "script.h"

namespace peers
{

namespace server = pvxs::server;

// One GET, PUT, INFO or MONITOR operation of a client, from INIT until it is destroyed.
struct Operation {
    uint64_t id;
    uint64_t channel;
    std::string kind;
    pvxs::Value prototype;
    uint64_t execs = 0;
};

class ScriptedSource : public server::Source
{
public:
    explicit ScriptedSource(std::shared_ptr<Script> script) : script(std::move(script)) {}

    void onSearch(Search &search) override
    {
        std::lock_guard<std::mutex> guard(script->mutex);
        for (auto &each : search) {
            const auto pv = script->find(each.name());
            if (!pv)
                continue;
            pv->counts["search"]++;
            if (pv->plans["search"].take().action == Action::Answer)
                each.claim();
        }
    }

    void onCreate(std::unique_ptr<server::ChannelControl> &&offered) override
    {
        std::unique_lock<std::mutex> guard(script->mutex);
        const auto pv = script->find(offered->name());
        if (!pv)
            return;
        std::shared_ptr<server::ChannelControl> channel(std::move(offered));
        pv->counts["create"]++;
        const auto id = script->next_id();
        const bool accepted = pv->plans["create"].take().action == Action::Answer;
        output().event("create", about(*pv, "channel", id)
                                     .text("peer", channel->peerName())
                                     .raw("accepted", accepted ? "true" : "false"));
        if (!accepted)
            return; // dropping the last reference refuses the channel
        pv->channels[id] = channel;
        guard.unlock();
        accept(pv, id, *channel);
    }

    List onList() override
    {
        std::lock_guard<std::mutex> guard(script->mutex);
        auto names = std::make_shared<std::set<std::string>>();
        for (const auto &each : script->pvs)
            names->insert(each.first);
        List list; // pvxs 1.4 has no constructor with arguments
        list.names = std::move(names);
        list.dynamic = true;
        return list;
    }

private:
    using PvPtr = std::shared_ptr<Pv>;
    using OperationPtr = std::shared_ptr<Operation>;
    // Gives the normal answer, or an error where the text is not empty.
    using Answer = std::function<void(const std::string &error)>;

    static Object about(const Pv &pv, const char *what, uint64_t id)
    {
        return Object().text("pv", pv.name).count(what, id);
    }
    static Object about(const Pv &pv, const Operation &operation)
    {
        return about(pv, "operation", operation.id)
            .text("kind", operation.kind)
            .count("channel", operation.channel);
    }

    void accept(const PvPtr &pv, uint64_t id, server::ChannelControl &channel)
    {
        const auto self = this; // the server owns the source and outlives its channels
        channel.onOp([self, pv, id](std::unique_ptr<server::ConnectOp> &&op) {
            self->init(pv, id, std::shared_ptr<server::ConnectOp>(std::move(op)));
        });
        channel.onRPC([self, pv, id](std::unique_ptr<server::ExecOp> &&op, pvxs::Value &&argument) {
            const auto operation = self->begin(pv, id, "rpc");
            self->execute(pv, operation, "rpc", std::shared_ptr<server::ExecOp>(std::move(op)), argument);
        });
        channel.onSubscribe([self, pv, id](std::unique_ptr<server::MonitorSetupOp> &&op) {
            self->subscribe(pv, id, std::shared_ptr<server::MonitorSetupOp>(std::move(op)));
        });
        const auto script = this->script;
        channel.onClose([script, pv, id](const std::string &) {
            std::shared_ptr<server::ChannelControl> gone;
            std::lock_guard<std::mutex> guard(script->mutex);
            gone.swap(pv->channels[id]);
            pv->channels.erase(id);
            pv->counts["close"]++;
            output().event("close", about(*pv, "channel", id));
        });
    }

    OperationPtr begin(const PvPtr &pv, uint64_t channel, const std::string &kind)
    {
        std::lock_guard<std::mutex> guard(script->mutex);
        return std::make_shared<Operation>(
            Operation{script->next_id(), channel, kind, pv->value.cloneEmpty(), 0});
    }

    void init(const PvPtr &pv, uint64_t channel, const std::shared_ptr<server::ConnectOp> &op)
    {
        using server::OpBase;
        const auto operation = begin(pv, channel,
                                     op->op() == OpBase::Get   ? "get"
                                     : op->op() == OpBase::Put ? "put"
                                                               : "info");
        const bool is_put = op->op() == OpBase::Put;
        const auto self = this;
        op->onGet([self, pv, operation, is_put](std::unique_ptr<server::ExecOp> &&exec) {
            self->execute(pv, operation, is_put ? "fetch" : "get",
                          std::shared_ptr<server::ExecOp>(std::move(exec)), pvxs::Value());
        });
        op->onPut([self, pv, operation](std::unique_ptr<server::ExecOp> &&exec, pvxs::Value &&value) {
            self->execute(pv, operation, "put", std::shared_ptr<server::ExecOp>(std::move(exec)), value);
        });
        op->onClose(closer(pv, operation));
        decide(pv, operation, "init " + operation->kind, "init", op->pvRequest(), pvxs::Value(),
               [op, operation](const std::string &error) {
                   if (error.empty())
                       op->connect(operation->prototype);
                   else
                       op->error(error);
               });
    }

    void execute(const PvPtr &pv, const OperationPtr &operation, const std::string &kind,
                 const std::shared_ptr<server::ExecOp> &exec, const pvxs::Value &argument)
    {
        const auto script = this->script;
        exec->onCancel([script, pv, operation, kind]() {
            std::lock_guard<std::mutex> guard(script->mutex);
            pv->counts["cancel " + kind]++;
            pv->held.remove_if([&](const Held &held) { return held.operation == operation->id; });
            output().event("cancel",
                           about(*pv, *operation).text("request_kind", kind).count("exec", operation->execs));
        });
        pvxs::Value reply;
        {
            std::lock_guard<std::mutex> guard(script->mutex);
            operation->execs++;
            if (kind == "rpc")
                reply = argument;
            else if (kind != "put")
                reply = operation->prototype.cloneEmpty().assign(pv->value);
        }
        decide(pv, operation, "exec " + kind, "exec", exec->pvRequest(), argument,
               [exec, reply, kind](const std::string &error) {
                   if (!error.empty())
                       exec->error(error);
                   else if (kind == "put")
                       exec->reply();
                   else
                       exec->reply(reply);
               });
    }

    void subscribe(const PvPtr &pv, uint64_t channel, const std::shared_ptr<server::MonitorSetupOp> &setup)
    {
        const auto operation = begin(pv, channel, "monitor");
        setup->onClose(closer(pv, operation));
        const auto script = this->script;
        decide(pv, operation, "init monitor", "init", setup->pvRequest(), pvxs::Value(),
               [script, pv, operation, setup](const std::string &error) {
                   if (!error.empty())
                       return setup->error(error);
                   std::shared_ptr<server::MonitorControlOp> control(setup->connect(operation->prototype));
                   control->onStart([pv, operation](bool start) {
                       output().event("start", about(*pv, *operation).raw("start", start ? "true" : "false"));
                   });
                   std::lock_guard<std::mutex> guard(script->mutex);
                   control->post(operation->prototype.cloneEmpty().assign(pv->value));
                   pv->subscribers[operation->id] = Subscriber{operation->prototype, control};
               });
    }

    // The end of an operation: by the client, by its channel's end or by the connection's.
    std::function<void(const std::string &)> closer(const PvPtr &pv, const OperationPtr &operation)
    {
        const auto script = this->script;
        return [script, pv, operation](const std::string &) {
            Subscriber gone;
            std::lock_guard<std::mutex> guard(script->mutex);
            std::swap(gone, pv->subscribers[operation->id]);
            pv->subscribers.erase(operation->id);
            pv->held.remove_if([&](const Held &held) { return held.operation == operation->id; });
            pv->counts["end " + operation->kind]++;
            output().event("end", about(*pv, *operation));
        };
    }

    // Count and report a request, apply a put, and do with it what the script says.
    void decide(const PvPtr &pv, const OperationPtr &operation, const Occasion &occasion,
                const std::string &phase, const pvxs::Value &request, const pvxs::Value &argument,
                const Answer &answer)
    {
        Behaviour behaviour;
        std::string error;
        {
            std::lock_guard<std::mutex> guard(script->mutex);
            behaviour = pv->plans[occasion].take();
            pv->counts[occasion]++;
            auto event = about(*pv, *operation)
                             .text("request_kind", occasion.substr(phase.size() + 1))
                             .raw("request", to_json(request, false));
            if (phase == "exec")
                event.count("exec", operation->execs).raw("value", to_json(argument, occasion != "exec rpc"));
            output().event(phase, event);
            if (behaviour.action == Action::Refuse)
                error = behaviour.text;
            else if (occasion == "exec put")
                error = write(*pv, argument);
            if (behaviour.action == Action::Hold || behaviour.action == Action::Never)
                pv->held.push_back(
                    Held{operation->id, behaviour.action == Action::Hold ? occasion : "never", answer});
        }
        perform(pv, operation->channel, behaviour.action, error, answer);
    }

    static std::string write(Pv &pv, const pvxs::Value &argument)
    {
        try {
            // The cache of kept operations shares nothing with the served value.
            pv.value = pv.value.clone().assign(argument);
            return "";
        } catch (std::exception &caught) {
            return std::string("the type of this PV has changed: ") + caught.what();
        }
    }

    void perform(const PvPtr &pv, uint64_t channel, Action action, const std::string &error,
                 const Answer &answer)
    {
        const auto script = this->script;
        switch (action) {
        case Action::Answer:
        case Action::Refuse:
            return answer(error);
        case Action::Hold:
        case Action::Never:
            return;
        case Action::Drop:
        case Action::Stop:
            return script->elsewhere([script, action, answer]() { script->interrupt(action); });
        case Action::Close:
            return script->elsewhere([script, pv, channel, answer]() {
                std::shared_ptr<server::ChannelControl> control;
                {
                    std::lock_guard<std::mutex> guard(script->mutex);
                    const auto found = pv->channels.find(channel);
                    if (found != pv->channels.end())
                        control = found->second;
                }
                if (control)
                    control->close();
            });
        }
    }

    const std::shared_ptr<Script> script;
};

} // namespace peers
