<?php
// Laravel's own queue and worker, told what to do by a list of actions as JSON on the standard input.

require 'Illuminate/Queue/autoload.php';
require 'Illuminate/Redis/autoload.php';
require 'Illuminate/Events/autoload.php';
require 'Illuminate/Bus/autoload.php';
require 'Illuminate/Database/autoload.php';

use Illuminate\Container\Container;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Events\Dispatcher;
use Illuminate\Queue\Capsule\Manager;
use Illuminate\Database\Capsule\Manager as Database;
use Illuminate\Queue\Failed\DatabaseUuidFailedJobProvider;
use Illuminate\Queue\Worker;
use Illuminate\Queue\WorkerOptions;
use Illuminate\Redis\RedisManager;

class SendMail
{
    public function fire($job, $data)
    {
        $job->delete();
    }
}

class WriteReport extends SendMail
{
}

class BadAddress
{
    public function fire($job, $data)
    {
        throw new RuntimeException('nobody lives there');
    }
}

class Silent implements ExceptionHandler
{
    public function report(Throwable $e) {}
    public function shouldReport(Throwable $e) { return false; }
    public function render($request, Throwable $e) {}
    public function renderForConsole($output, Throwable $e) {}
}

[, $port, $prefix] = $argv;
$container = new Container;
Container::setInstance($container);
$container->instance('redis', new RedisManager($container, 'phpredis', [
    'options' => ['prefix' => $prefix],
    'default' => ['host' => '127.0.0.1', 'port' => (int) $port, 'database' => 0],
]));
$events = new Dispatcher($container);
$container->instance('events', $events);
$manager = new Manager($container);
$manager->addConnection(
    ['driver' => 'redis', 'connection' => 'default', 'queue' => 'default', 'retry_after' => 90],
);
$queue = $manager->getConnection();

foreach (json_decode(file_get_contents('php://stdin')) as $action) {
    [$what, $name] = $action;
    switch ($what) {
        case 'push':  // queue, class
            $queue->push($action[2], ['to' => 'ä"\\'], $name);
            break;
        case 'later':  // queue, class, seconds
            $queue->later($action[3], $action[2], [], $name);
            break;
        case 'hold':  // queue: take the next job and never say that it is done
            $queue->pop($name);
            break;
        case 'fail':  // queue, file: keep a job that failed, in the table that Laravel makes for that
            $database = new Database;
            touch($action[2]);
            $database->addConnection(['driver' => 'sqlite', 'database' => $action[2]]);
            $schema = $database->getConnection()->getSchemaBuilder();
            if (! $schema->getColumnListing('failed_jobs')) {
                $schema->create('failed_jobs', function ($table) {
                    $table->id();
                    $table->string('uuid')->unique();
                    $table->text('connection');
                    $table->text('queue');
                    $table->longText('payload');
                    $table->longText('exception');
                    $table->timestamp('failed_at')->useCurrent();
                });
            }
            $failed = new DatabaseUuidFailedJobProvider(
                $database->getDatabaseManager(), 'default', 'failed_jobs',
            );
            $payload = json_encode(['uuid' => bin2hex(random_bytes(16))]);
            $failed->log('redis', $name, $payload, new RuntimeException('nobody lives there'));
            break;
        case 'know':  // class, by what other name it is known
            class_alias($name, $action[2]);
            break;
        case 'work':  // queue: do the next job as a worker does, and try it again if it fails
            $worker = new Worker($manager->getQueueManager(), $events, new Silent, fn () => false);
            $worker->runNextJob('default', $name, new WorkerOptions('w', 0, 128, 60, 0, 3));
            break;
    }
}
